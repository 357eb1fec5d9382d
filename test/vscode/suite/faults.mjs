// One fault of each rule in the example, with the fix that mends it.
import { DiagnosticSeverity } from 'vscode';

export const faults = [
  {
    rule: 'missing-event-metadata',
    file: 'packages/contracts/src/order-events.ts',
    symbol: 'OrderPlaced',
    severity: DiagnosticSeverity.Warning,
    fix: /^Add (?!.*\b(all|every)\b)/i,
  },
  {
    rule: 'missing-failure-event',
    file: 'packages/contracts/src/payment-events.ts',
    symbol: 'PaymentProcessed',
    severity: DiagnosticSeverity.Warning,
    fix: /Failed/,
  },
  {
    rule: 'non-idempotent-consumer',
    file: 'services/inventory/src/inventory.controller.ts',
    symbol: 'onPaymentProcessed',
    severity: DiagnosticSeverity.Warning,
    fix: /guard|inbox|once/i,
  },
  {
    rule: 'missing-compensation',
    file: 'services/order/src/place-order.saga.ts',
    symbol: 'reserve-stock',
    severity: DiagnosticSeverity.Error,
    fix: /compensation/i,
  },
];
