/** Fails the build where a case of a union is not handled, and throws if one gets here at run time after all. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
