import { createHash } from 'node:crypto';

/**
 * The value of Alertmanager's metric alertmanager_config_hash once it runs this very text: the first 48 bits of its MD5,
 * little endian (config/coordinator.go). A double holds them exactly.
 */
export function configHash(text: string): number {
  return createHash('md5').update(text).digest().readUIntLE(0, 6);
}
