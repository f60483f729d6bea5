import { expect } from 'chai';
import { environmentProxy } from './environment-proxy.ts';

const PROXY = 'http://proxy.example:3128';

describe('the proxy of the environment', () => {
  it('is that for the scheme, in capitals or not, with a scheme or without', () => {
    expect(environmentProxy('https://api.example:6443', { HTTPS_PROXY: PROXY, HTTP_PROXY: 'http://other' })).to.deep.equal({ HTTPS_PROXY: PROXY });
    expect(environmentProxy('https://api.example:6443', { https_proxy: 'proxy.example:3128' })).to.deep.equal({ HTTPS_PROXY: PROXY });
    expect(environmentProxy('http://api.example', { HTTP_PROXY: PROXY })).to.deep.equal({ HTTP_PROXY: PROXY });
    expect(environmentProxy('https://api.example', { HTTP_PROXY: PROXY })).to.equal(undefined);
    expect(environmentProxy('https://api.example', {})).to.equal(undefined);
  });

  for (const server of ['https://localhost:6443', 'https://127.0.0.1:6443', 'https://127.8.9.1', 'https://[::1]:6443']) {
    it(`is never asked for ${server}`, () => expect(environmentProxy(server, { HTTPS_PROXY: PROXY })).to.equal(undefined));
  }

  const cases: [noProxy: string, server: string, straight: boolean][] = [
    ['*', 'https://api.example', true],
    ['10.0.0.0/8', 'https://10.96.0.1:443', true],
    ['10.0.0.0/8', 'https://11.0.0.1', false],
    ['10.0.0.0/33', 'https://10.96.0.1', false],
    ['10.96.0.1', 'https://10.96.0.1', true],
    ['fd00::/8', 'https://[fd00::1]:6443', true],
    ['fd00::/8', 'https://10.96.0.1', false],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
    ['fd00::1', 'https://[fd00::1]:6443', true],
    ['example', 'https://api.example', true],
    ['api.example', 'https://api.example', true],
    ['.example', 'https://api.example', true],
    ['*.example', 'https://api.example', true],
    ['.api.example', 'https://api.example', false],
    ['pi.example', 'https://api.example', false],
    ['api.example:6443', 'https://api.example:6443', true],
    ['api.example:443', 'https://api.example', true],
    ['api.example:6443', 'https://api.example', false],
    ['other, API.example ,', 'https://api.example', true],
    ['', 'https://api.example', false],
  ];
  for (const [noProxy, server, straight] of cases) {
    it(`NO_PROXY=${noProxy} ${straight ? 'spares' : 'does not spare'} ${server}`, () => {
      expect(environmentProxy(server, { HTTPS_PROXY: PROXY, NO_PROXY: noProxy })).to.deep.equal(straight ? undefined : { HTTPS_PROXY: PROXY });
    });
  }
});
