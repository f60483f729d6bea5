/** Where Fluentd keeps how far it read, and what is not sent yet. */
export const STATE = '/var/lib/fluentd';

/** Tags of what containers print. */
export const CONTAINERS = 'kubernetes.**';
