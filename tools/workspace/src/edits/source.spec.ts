import { withImport, withListed } from './source.js';

const MODULE = `import { a } from 'a';
import type { T } from 'types';
import { b } from './b.js';

@Module({
  controllers: [
    // HTTP in
    One,
  ],
  providers: all,
})
export class AppModule {}
`;

describe('an import', () => {
  it('goes to the one that there is, once', () => {
    expect(withImport(MODULE, 'c', 'a')).toContain("import { a, c } from 'a';");
    expect(withImport(MODULE, 'a', 'a')).toBe(MODULE);
  });

  it('does not make a value of a type', () => {
    expect(withImport(MODULE, 'value', 'types')).toContain(
      "import type { T } from 'types';\nimport { value } from 'types';",
    );
  });

  it('stands among those of its kind', () => {
    const changed = withImport(withImport(MODULE, 'd', 'd'), 'e', './e.js');
    expect(changed.split('\n').slice(0, 5)).toEqual([
      "import { a } from 'a';",
      "import type { T } from 'types';",
      "import { d } from 'd';",
      "import { b } from './b.js';",
      "import { e } from './e.js';",
    ]);
  });
});

describe('an element of a list', () => {
  it('is the last, or the first behind the comment that heads it', () => {
    expect(withListed(MODULE, { list: 'controllers', element: 'Two' }, 'Module')).toContain(
      '// HTTP in\n    One, Two,',
    );
    const first = withListed(MODULE, { list: 'controllers', element: 'Two', first: true }, 'Module');
    expect(first).toContain('// HTTP in\n    Two, One,');
  });

  it('is spread beside what the list is elsewhere', () => {
    expect(withListed(MODULE, { list: 'providers', element: 'Two' }, 'Module')).toContain('providers: [...all, Two]');
  });

  it('begins a list where there is none', () => {
    expect(withListed(MODULE, { list: 'imports', element: 'Two' }, 'Module')).toContain(
      'providers: all, imports: [Two],',
    );
    expect(withListed('const x: readonly number[] = [];', { list: 'x', element: '1' }, 'none')).toContain('= [1];');
    expect(() => withListed('', { list: 'imports', element: 'Two' }, 'Module')).toThrow('there is no Module({ … })');
  });
});
