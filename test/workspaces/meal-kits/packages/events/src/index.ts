export { causedBy, envelope, firstOf, type Envelope } from './envelope';
export * from './events';
