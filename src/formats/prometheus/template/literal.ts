import { unquote } from '../promql/unquote.ts';

/** Whether Go reads it as a string or character literal. */
export function isLiteral(text: string): boolean {
  const unquoted = unquote(text);
  if ('problem' in unquoted) return false;
  return !text.startsWith('\'') || Array.from(unquoted.value).length === 1;
}

const INTEGER = /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;
const FLOAT = /^[+-]?(?:[0-9](?:_?[0-9])*\.?|(?:[0-9](?:_?[0-9])*)?\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;
const HEXADECIMAL_FLOAT = /^[+-]?0[xX](?:_?[0-9a-fA-F])*\.?[0-9a-fA-F]*[pP][+-]?[0-9]+$/;

/** Whether text/template takes it for a number (parse/node.go, newNumber). */
export function isNumber(text: string): boolean {
  if (text.endsWith('i')) return text.slice(0, -1).split(/(?<=[0-9.])(?=[+-])/).every(isFloat);
  if (INTEGER.test(text) && fitsInteger(text)) return true;
  // What looks like an integer and is none is too long, or octal with an 8 in it.
  return /[.eEpP]/.test(text) && isFloat(text);
}

function isFloat(text: string): boolean {
  if (HEXADECIMAL_FLOAT.test(text)) return true;
  return FLOAT.test(text) && Number.isFinite(Number(text.replaceAll('_', '')));
}

function fitsInteger(text: string): boolean {
  const digits = text.replaceAll('_', '').replace(/^[+-]/, '');
  const isSigned = /^[+-]/.test(text);
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return value <= (isSigned ? 2n ** 63n : 2n ** 64n - 1n) && (!text.startsWith('+') || value < 2n ** 63n);
}
