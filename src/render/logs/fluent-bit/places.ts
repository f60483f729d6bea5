/** Where Fluent Bit keeps how far it read, and what is not sent yet. */
export const STATE = '/var/lib/fluent-bit';

/** Tag of what containers print. */
export const CONTAINERS = 'kube.*';
/** Tag of files of the node. */
export const FILES = 'files.*';
