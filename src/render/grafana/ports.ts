/** Name of the port on Grafana's container and Service. */
export const WEB = 'web';
