import { TemplateParser } from './template/parser.ts';
import { TemplateSyntaxError } from './template/token-reader.ts';
import type { Version } from './version.ts';

/** Why Prometheus would refuse a template. */
export interface TemplateProblem {
  /** A sentence that names the offending part and the mend. */
  readonly message: string;
  /** Where in the text, in characters from 0. */
  readonly position: number;
}

/**
 * What Prometheus refuses in a template of an alert's label or annotation when it loads its rules: at most one problem, as parsing ends
 * there. What only shows when the alert fires is not judged (text/template with the functions of template/template.go).
 */
export function templateProblems(text: string, version?: Version): TemplateProblem[] {
  if (!text.includes('{{')) return [];
  try {
    new TemplateParser(text, version).parse();
    return [];
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    return [{ message: error.message, position: error.position }];
  }
}
