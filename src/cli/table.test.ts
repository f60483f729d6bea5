import { expect } from 'chai';
import { palette, withoutColour } from './colour.ts';
import { table, type Column } from './table.ts';

interface Row { name: string; up?: number; why?: string }
const columns: Column<Row>[] = [{ title: 'NAME', value: ({ name }) => name }, { title: 'UP', value: ({ up }) => up, align: 'right' }, { title: 'WHY', value: ({ why }) => why }];

describe('cli/table', () => {
  it('aligns columns, shows what is missing, and leaves no space at line ends', () => {
    expect(table(columns, [{ name: 'checkout', up: 12, why: 'a\n  b' }, { name: 'x', up: 0 }])).to.equal('NAME       UP   WHY\ncheckout   12   a b\nx           0   -\n');
  });

  it('prints the titles alone where there are no rows', () => {
    expect(table(columns, [])).to.equal('NAME   UP   WHY\n');
  });

  it('aligns coloured text as if it were plain', () => {
    const { bad } = palette(true);
    const painted = table(columns, [{ name: bad('a'), up: 1 }, { name: 'bbbbbb', up: 2 }]);
    expect(painted).to.include('\u001b[31ma\u001b[0m');
    expect(withoutColour(painted)).to.equal(table(columns, [{ name: 'a', up: 1 }, { name: 'bbbbbb', up: 2 }]));
  });

  it('paints nothing where no colour is wanted, and nothing that is empty', () => {
    expect(palette(false).bad('x')).to.equal('x');
    expect(palette(true).bad('')).to.equal('');
  });
});
