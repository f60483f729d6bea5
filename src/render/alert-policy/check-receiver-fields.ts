import { INTEGRATIONS, type Integration, type ReceiverField, type ReceiverFields } from '../../api/receiver.ts';
import type { Problem } from '../../api/rejection.ts';
import type { SecretKey } from '../../api/schema.ts';
import { durationProblem } from '../../formats/prometheus/duration.ts';
import { urlProblem } from '../scrape-target/url-problem.ts';
import type { IntegrationSettings } from './receiver.ts';
import type { SecretReader } from './secret-value.ts';

/** One integration of a receiver, as its user wrote it. */
export interface UsedIntegration {
  readonly integration: Integration;
  readonly used: IntegrationSettings;
  readonly secrets: SecretReader;
  readonly path: string;
}

/** What is wrong with the single fields of an integration, by what they hold. */
export function fieldProblems({ integration, used, secrets, path }: UsedIntegration): Problem[] {
  return problemsOf(INTEGRATIONS[integration], used, { secrets, path });
}

interface Place {
  readonly secrets: SecretReader;
  readonly path: string;
}

function problemsOf(fields: ReceiverFields, used: IntegrationSettings, { secrets, path }: Place): Problem[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const value = used[name];
    return value === undefined ? [] : fieldProblem(field, value, { secrets, path: `${path}.${name}` });
  });
}

function fieldProblem({ kind, fields = {} }: ReceiverField, value: unknown, place: Place): Problem[] {
  if (kind === 'items') return (value as IntegrationSettings[]).flatMap((item, index) => problemsOf(fields, item, { ...place, path: `${place.path}[${index}]` }));
  if (kind === 'item') return problemsOf(fields, value as IntegrationSettings, place);
  if (kind === 'goDuration') return sentence(durationProblem(value as string), 'DurationInvalid', place);
  if (kind === 'secret' || kind === 'secretUrl') return secretProblem(kind, value as SecretKey, place);
  if (kind === 'url') return sentence(httpUrlProblem(value as string), 'ReceiverInvalid', place);
  if (kind === 'templateUrl') return sentence(templateUrlProblem(value as string), 'ReceiverInvalid', place);
  return sentence(numberProblem(value), 'ReceiverInvalid', place);
}

function sentence(message: string | undefined, reason: Problem['reason'], { path }: Place): Problem[] {
  return message === undefined ? [] : [{ path, reason, message }];
}

// Go reads them into 64 bits, and JavaScript has already rounded what is beyond its own 53.
function numberProblem(value: unknown): string | undefined {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? `${value} is too large` : undefined;
}

/** The value never shows up in the message. A missing one is reported with all other references. */
function secretProblem(kind: ReceiverField['kind'], key: SecretKey, place: Place): Problem[] {
  const value = place.secrets.isReal ? place.secrets.value(key) : undefined;
  if (value === undefined) return [];
  const where = `key ${key.key} of Secret ${key.name}`;
  if (value === '') return sentence(`${where} is empty: store the value there`, 'SecretInvalid', place);
  if (value.includes('\ufffd')) return sentence(`${where} does not hold text: store it without encoding it twice`, 'SecretInvalid', place);
  if (kind === 'secretUrl' && httpUrlProblem(value) !== undefined) return sentence(`${where} does not hold an address: store a URL there that starts with https://`, 'SecretInvalid', place);
  return [];
}

/** What Alertmanager has against an address (config/config.go, parseURL). */
function httpUrlProblem(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text)) return `"${text}" is no address that Alertmanager can call: write a URL that starts with http:// or https://`;
  return urlProblem(text.replace(/^https?/i, (scheme) => scheme.toLowerCase()));
}

/**
 * An action that Go's template package takes without functions of Alertmanager's, which it does not have when it checks
 * addresses: `{{ .CommonLabels.team | urlquery }}`.
 */
const ACTION = /\{\{ *(?:\.[A-Za-z_][A-Za-z0-9_]*)+(?: *\| *(?:urlquery|html|js|print|println|len))* *\}\}/g;

function templateUrlProblem(text: string): string | undefined {
  if (!text.includes('{{')) return httpUrlProblem(text);
  const plain = text.replace(ACTION, 'x');
  if (plain.includes('{{')) return `"${text}" holds a template that is not understood: in addresses use {{ .CommonLabels.name }} or {{ .CommonLabels.name | urlquery }}`;
  return httpUrlProblem(plain);
}
