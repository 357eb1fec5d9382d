// Which texts are parsed at all: everyday words of pages and migrations say nothing of events there.
import { expect, it } from 'vitest';
import { readConfig } from '../../server/src/config/read.ts';
import { rules } from '../../server/src/rules/rules.generated.ts';
import { configsOf } from '../../server/src/workspace/configs.ts';
import { Workspace } from '../../server/src/workspace/workspace.ts';

const parsed = {
  'payments.ts': `export function take(bus: Bus, events: readonly Placed[]) { for (const event of events) bus.send(event); }`,
  'handler.ts': `export class OrderPlacedHandler { handle(order: OrderPlaced) { return order.id; } }`,
  'pageEvents.ts': `import { Injectable } from '@angular/core';
export interface OrderShippedEvent { readonly orderId: string }`,
  'pagePublisher.ts': `import { useEffect } from 'react';
export const tell = (bus: Bus) => useEffect(() => bus.publish({ type: 'order.placed' }));`,
  'events/order.ts': `export interface OrderPlaced { readonly orderId: string }`,
  'step.ts': `import { createStep } from '@medusajs/framework/workflows-sdk';
export const reserve = createStep('reserve', async () => undefined);`,
};

const passed = {
  'button.ts': `export const onClick = clickHandler;`,
  'basket.component.ts': `import { EventEmitter, Output } from '@angular/core';
export class Basket { @Output() changed = new EventEmitter<string>(); onClick(event: Event) { event.preventDefault(); } }`,
  'Basket.tsx': `export const Basket = () => <button onClick={(event) => clickHandler(event)}>Pay</button>;`,
  'events/Basket.tsx': `export const Events = () => <ul />;`,
  'addEvents.ts': `export class AddEvents implements MigrationInterface { async up(runner: QueryRunner) { await runner.query('create table event ()'); } }`,
  'types.ts': `import type { OrderDTO } from '@medusajs/framework/types'; export const idOf = (order: OrderDTO) => order.id;`,
  'query.ts': `import type { IQuery } from '@nestjs/cqrs'; export class OrderOf implements IQuery { constructor(readonly id: string) {} }`,
  'names.ts': `export const refuse = () => new Error('This name is taken already.');`,
  'mail.ts': `export const isPermitted = (submitted: boolean) => submitted;`,
};

it.each(Object.entries(parsed))('parses %s', (file, text) => {
  expect(extractionsOf(file, text)).toBe(1);
});

it.each(Object.entries(passed))('does not parse %s', (file, text) => {
  expect(extractionsOf(file, text)).toBe(0);
});

function extractionsOf(file: string, text: string): number {
  const { config } = readConfig('{}', '/shop/sagalint.config.json', rules);
  const workspace = new Workspace(rules, configsOf([{ dir: '/shop', config }]));
  workspace.setText(`/shop/src/${file}`, text);
  workspace.setComplete(true);
  workspace.snapshot();
  return workspace.counters.extractions;
}
