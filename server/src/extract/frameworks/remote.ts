// Calls to other systems: HTTP, payment, email, SMS, storage.
import type { Expr } from '../../facts/expressions.ts';
import type { RemoteRole } from '../../facts/roles.ts';
import { askedBy, verbOf } from './addresses.ts';
import { asksByPost, renewsByPost } from './posts.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';

const http = [
  'axios',
  'got',
  'node-fetch',
  'undici',
  'ky',
  'superagent',
  '@nestjs/axios',
  'request',
  'request-promise',
  'needle',
];
const mail = [
  'nodemailer',
  '@sendgrid/',
  '@nestjs-modules/mailer',
  'mailgun.js',
  'postmark',
  'resend',
  '@aws-sdk/client-ses',
  '@aws-sdk/client-sesv2',
  'notifications-node-client',
  '@mailchimp/mailchimp_transactional',
  'mailersend',
  'node-mailjet',
  '@getbrevo/brevo',
  'sparkpost',
  '@azure/communication-email',
];
const sms = ['twilio', '@signalwire/', 'plivo', '@aws-sdk/client-pinpoint'];
const payment = ['stripe', 'braintree', '@paypal/', 'square', 'razorpay', '@mollie/'];
/** Commands that start work elsewhere. */
const starting = /^(?:Invoke|StartExecution|StartSyncExecution|CreateSchedule|RunTask)Command$/;
const workers = [
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-sfn',
  '@aws-sdk/client-scheduler',
  '@aws-sdk/client-ecs',
];
const storage = ['@aws-sdk/client-s3', '@google-cloud/storage', '@azure/storage-blob', 'minio'];
/** Header, option or field by which the other side knows a repeat. */
const idempotencyKeys =
  /^(?:x-)?idempot\w*[-_]?key$|^idempotency-?token$|^(?:request|client)[-_]?(?:request[-_]?)?token$|^request[-_]?id$|^paypal-request-id$|^deduplication_?id$/i;
/** Verbs that change nothing there. */
export const readsOnly =
  /^(get|head|options|retrieve|list|find|fetch|search|verify|construct|stat|head|exists|describe|download|presign|query|check|count|createPreview|is[A-Z]|has[A-Z])/i;

export const remote: Framework = {
  name: 'remote',
  triggers: [],
  makes: {
    'stripe.default': 'Stripe',
    'twilio.default': 'Twilio',
    '@signalwire/compatibility-api.RestClient': 'Twilio',
    'axios.create': 'AxiosInstance',
    'HttpService.axiosRef': 'AxiosInstance',
    'got.extend': 'Got',
    'nodemailer.createTransport': 'Transporter',
    'nodemailer.default.createTransport': 'Transporter',
  },
  roles(site) {
    if (site.action.isNew) return [];
    const known = ofKnown(site);
    // Without a known package a class of the workspace may stand behind the name, whose body says what is done.
    const confidence = known !== undefined && site.origin?.from !== undefined ? 'type' : 'name';
    const what = known ?? (isOfKnown(site) ? undefined : byName(site));
    return what ? [roleOf(site, what, confidence)] : [];
  },
};

/** Packages whose calls are told by what the package is for. */
const packages = [...http, ...mail, ...payment, ...sms, ...storage, ...workers];

const paid = [...payment, ...sms];

function isOfKnown(site: CallSite): boolean {
  return isFrom(site.origin, packages) || rootIsFrom(site, paid) || site.origin?.from === 'aws-sdk';
}

function ofKnown(site: CallSite): RemoteRole['what'] | undefined {
  if (site.name === 'fetch' && (site.path.length === 1 || isRetried(site))) return 'http';
  if (isFrom(site.origin, http)) return isHttpVerb(site) ? 'http' : undefined;
  if (isFrom(site.origin, mail))
    return /send|mail|^setApiKey$/i.test(site.name) && site.name !== 'setApiKey' ? 'email' : undefined;
  if (isFrom(site.origin, payment) || rootIsFrom(site, payment))
    return site.path.length > 2 ? 'payment' : undefined;
  if (isFrom(site.origin, sms) || rootIsFrom(site, sms)) return isSent(site) ? 'sms' : undefined;
  if (isText(site)) return 'sms';
  if (site.origin?.from === 'aws-sdk') return ofOldSdk(site);
  if (isFrom(site.origin, storage)) return 'storage';
  return isFrom(site.origin, workers) && starting.test(commandOf(site) ?? '') ? 'rpc' : undefined;
}

/** `retry.fetch(url, { method, timeoutInMs })` of Trigger.dev is a `fetch` that asks again. */
function isRetried({ origin }: CallSite): boolean {
  return origin?.name === 'retry' && isFrom(origin, ['@trigger.dev/']);
}

/** `messages.create`; `verificationChecks.create` asks whether a code is the one that was sent. */
function isSent({ name, receiverName }: CallSite): boolean {
  return /^(send|create)/i.test(name) && !/check/i.test(receiverName);
}

/** `sns.send(new PublishCommand({ PhoneNumber }))`. */
function isText({ view, arg, name, origin }: CallSite): boolean {
  const given = arg(0);
  if (name === 'publish' && origin?.from === 'aws-sdk')
    return view.entryOf(given, 'PhoneNumber') !== undefined;
  const isPublish =
    given?.kind === 'new' && given.callee.kind === 'name' && given.callee.name === 'PublishCommand';
  return isPublish && view.entryOf(given.args[0], 'PhoneNumber') !== undefined;
}

/** Version 2 of the AWS SDK has one package: `new AWS.SES().sendEmail(…)`. */
function ofOldSdk({ origin, name }: CallSite): RemoteRole['what'] | undefined {
  if (/^SES/.test(origin?.name ?? '')) return /^send/.test(name) ? 'email' : undefined;
  if (origin?.name === 'S3') return 'storage';
  const isStarted = /^(?:invoke|invokeAsync|startExecution|startSyncExecution)$/.test(name);
  return isStarted && /^(?:Lambda|StepFunctions)$/.test(origin?.name ?? '') ? 'rpc' : undefined;
}

function isHttpVerb(site: CallSite): boolean {
  return site.path.length === 1 || /^(get|post|put|patch|delete|head|request|\$?fetch)$/.test(site.name);
}

/** `stripe.paymentIntents.create`: the client is the root of the path. */
function rootIsFrom(site: CallSite, modules: readonly string[]): boolean {
  let root: Expr | undefined = site.receiver;
  while (root?.kind === 'member' && root.object.kind !== 'this') root = root.object;
  return root !== undefined && isFrom(site.view.originOf(root), modules);
}

/** `notifyClient.sendEmail(…)`, `transporter.sendMail(…)`: what is called so stands for another system. */
const ofSender = /(?:client|gateway|provider|api|transport(?:er)?)$/i;

/** Without a known package: names that leave no doubt, on a client, gateway or service that may be an interface of the workspace. */
function byName(site: CallSite): RemoteRole['what'] | undefined {
  // `StripePaymentIntent.create(id)` makes a value: a client is an object.
  if (!site.receiver || /^[A-Z][a-z]/.test(site.receiverName)) return undefined;
  const object = `${site.receiverName} ${site.origin?.name ?? ''}`;
  // `stripe.charges.create` of a client that another file makes.
  const root = site.path.slice(0, -2).join(' ');
  if (/mail|smtp|sendgrid/i.test(object) && /^(send|deliver|dispatch|notify)/i.test(site.name))
    return 'email';
  if (/^send_?(?:transactional)?_?e?mail/i.test(site.name) && ofSender.test(site.receiverName))
    return 'email';
  if ((/\bsms|twilio/i.test(object) || /twilio/i.test(root)) && isSent(site)) return 'sms';
  if (
    (/stripe|paypal|payment_?(gateway|provider|client|processor|api)|psp/i.test(object) ||
      /^(?:this )?_?(?:stripe|paypal|braintree)(?:client|api)?$/i.test(root)) &&
    !readsOnly.test(site.name)
  ) {
    return /^(charge|refund|capture|authorize|authorise|create|pay|process|debit|credit|cancel|void|confirm)/i.test(
      site.name,
    )
      ? 'payment'
      : undefined;
  }
  if (/^(http(Service|Client)?|api(Client)?|axios\w*)$/i.test(site.receiverName))
    return isHttpVerb(site) ? 'http' : undefined;
  return undefined;
}

function roleOf(site: CallSite, what: RemoteRole['what'], confidence: RemoteRole['confidence']): RemoteRole {
  const key = idempotencyKey(site);
  const asks = what === 'http' ? askedBy(site) : undefined;
  return {
    kind: 'remote',
    // The client behind that of NestJS gives promises.
    library: site.receiverName === 'axiosRef' ? 'axios' : (site.origin?.from ?? 'remote'),
    what,
    ...(isRead(site, what) ? { isRead: true } : {}),
    ...(isReplacing(site, what) ? { isReplacing: true } : {}),
    ...(asks === undefined ? {} : { asks }),
    ...(key ? { idempotencyKey: key } : {}),
    ...(hasTimeLimit(site) ? { hasTimeLimit: true } : {}),
    confidence,
  };
}

function isRead(site: CallSite, what: RemoteRole['what']): boolean {
  const command = commandOf(site);
  if (command !== undefined) return readsOnly.test(command);
  if (what === 'http' && (site.name === 'fetch' || site.path.length === 1)) {
    const options = site.arg(1) ?? site.arg(0);
    const method = site.view.entryOf(options, 'method');
    const isGet = method === undefined || (method.kind === 'string' && /^(get|head)$/i.test(method.value));
    return isGet || asksByPost(site);
  }
  return readsOnly.test(site.name) || (what === 'http' && asksByPost(site));
}

/** What is put under its key, or taken away, is so after the second time too. */
function isReplacing(site: CallSite, what: RemoteRole['what']): boolean {
  if (what === 'http') return /^(?:put|del|delete)$/i.test(verbOf(site)) || renewsByPost(site);
  return what === 'storage' || (what === 'payment' && settledOnce.test(site.name));
}

/** `stripe.subscriptions.cancel(id)`: what has ended can't end again, and no money moves. */
const settledOnce = /^(?:cancel|update|del|delete|detach|void\w*)$/;

/** `client.send(new InvokeCommand(…))`. */
function commandOf(site: CallSite): string | undefined {
  const command = site.name === 'send' ? site.arg(0) : undefined;
  return command?.kind === 'new' && command.callee.kind === 'name' ? command.callee.name : undefined;
}

/** An execution or schedule of one name is started once. */
function nameGiven(site: CallSite): Expr | undefined {
  const command = site.arg(0);
  if (command?.kind !== 'new' || !isFrom(site.origin, workers)) return undefined;
  const input = command.args[0] && site.view.valueOf(command.args[0]);
  const entries = input?.kind === 'object' ? input.entries : [];
  return entries.find((it) => it.key === 'name' || it.key === 'Name')?.value;
}

/** The key by which the other side knows a repeat, wherever it stands in the arguments. */
export function idempotencyKey(site: CallSite): Expr | undefined {
  for (const arg of site.call.args) {
    const found = keyIn(site, arg, 3);
    if (found) return found;
  }
  return nameGiven(site);
}

function keyIn(site: CallSite, expr: Expr, depth: number): Expr | undefined {
  const object = site.view.valueOf(expr);
  if (object.kind !== 'object' || depth === 0) return undefined;
  for (const entry of object.entries) {
    if (idempotencyKeys.test(entry.key)) return entry.value;
    const inner = keyIn(site, entry.value, depth - 1);
    if (inner) return inner;
  }
  return undefined;
}

const limits = ['signal', 'timeout', 'timeoutMs', 'timeoutInMs', 'abortSignal'];

function hasTimeLimit(site: CallSite): boolean {
  return site.call.args.some((it) => limits.some((key) => site.view.entryOf(it, key) !== undefined));
}
