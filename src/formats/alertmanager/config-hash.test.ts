import { expect } from 'chai';
import { configHash } from './config-hash.ts';

describe('formats/alertmanager/config-hash', () => {
  it('is the first six bytes of the MD5, little endian', () => {
    // md5("") starts with d4 1d 8c d9 8f 00.
    expect(configHash('')).to.equal(0x00_8f_d9_8c_1d_d4);
    expect(configHash('a')).not.to.equal(configHash('b'));
  });
});
