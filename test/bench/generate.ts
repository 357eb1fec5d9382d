// Makes workspaces of any size. A sixth of the files speaks of events, in all styles.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventFiles, kebab, type Service } from './eventCode.ts';
import { plainModule } from './plainCode.ts';
import { randomOf } from './random.ts';

const kinds = ['Retail', 'Wholesale', 'Export', 'Regional', 'Partner', 'Express', 'Bulk', 'Seasonal', 'Gift']
  .concat(['Digital', 'Rental', 'Repair', 'Trial', 'Annual', 'Monthly', 'Corporate', 'Private', 'Fleet'])
  .concat(['Medical', 'Travel', 'Freight', 'Garden', 'Office', 'Kitchen', 'School', 'Sports', 'Music']);
const things = [
  'Order',
  'Booking',
  'Subscription',
  'Shipment',
  'Invoice',
  'Ticket',
  'Claim',
  'Quote',
  'Lease',
].concat(['Policy', 'Parcel', 'Voucher', 'Deposit', 'Listing', 'Membership', 'Contract', 'Account', 'Loan']);

/** Files of one service; a sixth of them are those of `eventFiles`. */
const perService = eventFiles.length * 6;
/** Raised when the texts change, so that old workspaces are not taken for new ones. */
const edition = 1;

/** The folder of a workspace with so many TypeScript files; made if it is not there yet. */
export function generated(parent: string, count: number): string {
  const folder = join(parent, `${count}-files-${edition}`);
  if (existsSync(join(folder, 'package.json'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  const services = Math.ceil(count / perService);
  let left = count;
  for (let index = 0; index < services; index += 1) {
    left -= writeService(folder, index, Math.min(left, perService), services);
  }
  write(join(folder, 'tsconfig.json'), json(tsconfig));
  write(join(folder, 'package.json'), json({ name: 'bench', private: true, workspaces: ['services/*'] }));
  return folder;
}

const tsconfig = {
  compilerOptions: {
    target: 'es2022',
    module: 'preserve',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    experimentalDecorators: true,
    types: [],
  },
  include: ['services'],
};

function writeService(folder: string, index: number, count: number, services: number): number {
  const subject = subjectOf(index);
  const other = subjectOf((index + 1) % services);
  const own = join(folder, 'services', kebab(subject));
  const service: Service = { subject, other, otherFolder: `../../../${kebab(other)}` };
  const random = randomOf(index + 1);
  write(join(own, 'package.json'), json({ name: `@bench/${kebab(subject)}`, private: true }));
  for (const [path, text] of eventFiles.map((it) => it(service))) write(join(own, path), text);
  for (let at = 0; at < count - eventFiles.length; at += 1) {
    write(join(own, `src/lib/module${at}.ts`), plainModule(random, at));
  }
  return Math.max(count, eventFiles.length);
}

function subjectOf(index: number): string {
  const kind = kinds[index % kinds.length] ?? '';
  const thing = things[Math.floor(index / kinds.length) % things.length] ?? '';
  const round = Math.floor(index / (kinds.length * things.length));
  return round === 0 ? `${kind}${thing}` : `${kinds[round] ?? ''}${kind}${thing}`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
