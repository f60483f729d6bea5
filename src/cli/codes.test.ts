import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REASONS } from '../api/conditions.ts';
import { CODES, FILE_REASONS } from './codes.ts';

const RENDER = join(import.meta.dirname, '../render');

describe('cli/codes', () => {
  it('are given once each, and to reasons that there are', () => {
    const codes = Object.values(CODES);
    expect(new Set(codes).size).to.equal(codes.length);
    for (const code of codes) expect(code).to.match(/^BF1[0-9]{3}$/);
    expect(Object.keys(CODES).filter((reason) => !(reason in REASONS) && !(reason in FILE_REASONS))).to.deep.equal([]);
  });

  it('cover every reason for which rendering rejects something', () => {
    const sources = readdirSync(RENDER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
    const named = new Set(sources.flatMap((path) => [...readFileSync(join(RENDER, path), 'utf8').matchAll(/reason: '([A-Z]\w+)'|reason = '([A-Z]\w+)'/g)].map(([, a, b]) => a ?? b ?? '')));
    expect(named.size).to.be.greaterThan(5);
    expect([...named].filter((reason) => reason in REASONS && !(reason in CODES))).to.deep.equal([]);
  });
});
