import { printItems, printYaml } from '../prometheus/print.ts';
import type { AlertmanagerConfig } from './config.ts';
import type { Route } from './route.ts';

/** A child of the root route, with a line of comment to stand above it. */
export interface CommentedRoute {
  /** Without the `#`; on one line. */
  readonly comment?: string;
  readonly route: Route;
}

/** The config with its root's children apart, so that each can carry a comment. */
export interface CommentedConfig extends Omit<AlertmanagerConfig, 'route'> {
  readonly route: Omit<Route, 'routes'>;
  readonly routes: readonly CommentedRoute[];
}

/** Alertmanager's config as YAML: the same config is the same bytes. */
export function printAlertmanagerConfig({ route, routes, ...rest }: CommentedConfig): string {
  const root = printYaml({ route }).trimEnd();
  const children = routes.map(({ comment, route: child }) => `${comment === undefined ? '' : `    # ${comment}\n`}${printItems([child], 4)}`);
  return `${printYaml(rest)}${root}\n${children.length > 0 ? `  routes:\n${children.join('')}` : ''}`;
}
