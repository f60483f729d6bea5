/** Names of the ports on Alertmanager's container and Services. */
export const WEB = 'web';
export const MESH_TCP = 'mesh-tcp';
export const MESH_UDP = 'mesh-udp';
