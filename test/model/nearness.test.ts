import { expect, test } from 'vitest';
import { nearestFirst } from '../../server/src/model/resolution/nearness.ts';

const at = { start: 0, end: 1 };
const place = (file: string): { file: string; at: typeof at } => ({ file, at });

test('the same file comes before its folder, and a folder before the rest of the workspace', () => {
  const places = ['/shop/billing/a.ts', '/shop/orders/b.ts', '/shop/orders/place.ts'].map(place);
  const files = nearestFirst('/shop/orders/place.ts', places).map((it) => it.file);
  expect(files).toEqual(['/shop/orders/place.ts', '/shop/orders/b.ts', '/shop/billing/a.ts']);
});

test('places equally near keep their order', () => {
  const places = ['/shop/orders/b.ts', '/shop/orders/a.ts'].map(place);
  expect(nearestFirst('/shop/orders/place.ts', places)).toEqual(places);
});
