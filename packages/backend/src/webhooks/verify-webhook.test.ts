import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import type { UserJSON } from '@core/protocol'
import { type WebhookEvent, type WebhookEventType, verifyWebhook } from './index.ts'

const SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='
const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const AT = 1_700_000_000
const BODY = '{"type":"user.created","data":{"id":"user_1"}}'
const EVENT = { type: 'user.created', object: 'event', data: { id: 'user_1' } }
/** The signature of the example above, once and for all. */
const SIGNATURE = 'v1,xFOQ00IDiHTB/M8qXHP7Pp44LAgutMxdsaONm2qqB0o='
const MAC = SIGNATURE.slice(3)

type Body = string | Uint8Array<ArrayBuffer>

function sign(body: Body, { id = 'msg_example', at = String(AT), secret = SECRET } = {}): string {
  const mac = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
  return `v1,${mac.update(`${id}.${at}.`).update(body).digest('base64')}`
}

function webhook(
  headers: Readonly<Record<string, string | null>> = {},
  body: Body | ReadableStream = BODY,
): Request {
  const all = {
    'svix-id': 'msg_example',
    'svix-timestamp': String(AT),
    'svix-signature': SIGNATURE,
    ...headers,
  }
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null)
  const init = { method: 'POST', headers: given, body, duplex: 'half' }
  return new Request('https://app.example.com/webhooks', init as RequestInit)
}

const nowAt = (seconds: number) => () => seconds * 1000

const verify = (
  request: Request,
  signingSecret: string | readonly string[] | undefined = SECRET,
  seconds = AT,
): Promise<WebhookEvent> => verifyWebhook(request, { signingSecret, now: nowAt(seconds) })

const INVALID = { name: 'ClerkError', code: 'webhook-invalid', status: 400 }

beforeEach(() => {
  vi.stubEnv('CLERK_WEBHOOK_SIGNING_SECRET', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

describe('a webhook', () => {
  it('is accepted with the signature that its bytes have', async () => {
    expect(await verify(webhook())).toEqual(EVENT)
  })

  it('keeps four members of the body and drops the others', async () => {
    const event_attributes = { http_request: { client_ip: '192.0.2.1', user_agent: 'x' } }
    const body = JSON.stringify({ ...EVENT, event_attributes, timestamp: 1, instance_id: 'ins_1' })
    const event = await verify(webhook({ 'svix-signature': sign(body) }, body))
    expect(event).toEqual({ ...EVENT, event_attributes })
  })

  it('is accepted as often as it is delivered', async () => {
    expect(await verify(webhook())).toEqual(await verify(webhook()))
  })

  it('tells by its type what it is about', () => {
    expectTypeOf<
      Extract<WebhookEvent, { type: 'user.created' }>['data']
    >().toEqualTypeOf<UserJSON>()
    expectTypeOf<WebhookEvent['type']>().toEqualTypeOf<WebhookEventType>()
  })
})

describe('the signatures of a webhook', () => {
  // oxfmt-ignore
  it.each([
    ['one of several is right',              `v1,AAAA ${SIGNATURE}`],
    ['the right one comes first',            `${SIGNATURE} v1,AAAA`],
    ['others are of another version',        `v2,${MAC} v1a,${MAC} ${SIGNATURE}`],
    ['there are spaces around',              `  ${SIGNATURE}   v1,AAAA `],
  ])('are accepted when %s', async (_, signature) => {
    expect(await verify(webhook({ 'svix-signature': signature }))).toEqual(EVENT)
  })

  // oxfmt-ignore
  it.each([
    ['a version and a comma',          'v1,'],
    ['a version',                      'v1'],
    ['a comma',                        ','],
    ['a version, joined without comma', `v1${MAC}`],
    ['a version, joined by a space',   `v1 ${MAC}`],
    ['the right bytes without version', MAC],
    ['another version',                `v2,${MAC}`],
    ['the version of public keys',     `v1a,${MAC}`],
    ['the version in capitals',        `V1,${MAC}`],
    ['a prefix of the right one',      SIGNATURE.slice(0, -8)],
    ['the right one without padding',  SIGNATURE.slice(0, -1)],
    ['the right one and junk',         `${SIGNATURE}A`],
    ['the right one and a comma',      `${SIGNATURE},`],
    ['the right one in small letters', SIGNATURE.toLowerCase()],
    ['the right one as base64url',     SIGNATURE.replaceAll('/', '_').replaceAll('+', '-')],
    ['the right one with other spare bits', SIGNATURE.replace('o=', 'p=')],
    ['the signature of another body',  sign('{}')],
    ['the signature of another id',    sign(BODY, { id: 'msg_other' })],
    ['the signature of another time',  sign(BODY, { at: String(AT + 1) })],
    ['the signature by another secret', sign(BODY, { secret: OTHER })],
    ['one thousand wrong ones',        'v1,AAAA '.repeat(1000)],
  ])('are refused when there is only %s', async (_, signature) => {
    await expect(verify(webhook({ 'svix-signature': signature }))).rejects.toMatchObject(INVALID)
  })

  it('are refused when a single bit differs', async () => {
    const mac = Buffer.from(MAC, 'base64')
    for (let bit = 0; bit < 256; bit++) {
      const wrong = Buffer.from(mac)
      wrong.writeUInt8(wrong.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      const request = webhook({ 'svix-signature': `v1,${wrong.toString('base64')}` })
      await expect(verify(request)).rejects.toMatchObject(INVALID)
    }
  })
})

describe('the body of a webhook', () => {
  // oxfmt-ignore
  it.each([
    ['was parsed and written again',   JSON.stringify(JSON.parse(BODY), null, 1)],
    ['has a line feed at its end',     `${BODY}\n`],
    ['has a byte order mark',          `\uFEFF${BODY}`],
    ['was compressed',                 new Uint8Array(gzipSync(BODY))],
    ['is empty',                       ''],
    ['is the text of an object',       '[object Object]'],
  ])('is refused when it %s', async (_, body) => {
    await expect(verify(webhook({}, body))).rejects.toMatchObject(INVALID)
  })

  // oxfmt-ignore
  it.each([
    ['JSON',                           'type=user.created'],
    ['UTF-8',                          new Uint8Array(Buffer.from('{"type":"a","data":{"b":"\xff"}}', 'latin1'))],
    ['JSON, for its byte order mark',  `\uFEFF${BODY}`],
    ['an object',                      '["user.created"]'],
    ['an event, for want of a type',   '{"data":{}}'],
    ['an event, for want of data',     '{"type":"user.created"}'],
    ['there',                          ''],
  ])('is refused when it is signed but not %s', async (_, body) => {
    const request = webhook({ 'svix-signature': sign(body) }, body)
    await expect(verify(request)).rejects.toMatchObject(INVALID)
  })

  it('is signed byte by byte, whatever its characters are', async () => {
    const body = '{"type":"user.created","data":{"id":"Zoë 🦊 \u2028"}}'
    const event = await verify(webhook({ 'svix-signature': sign(body) }, body))
    expect(event.data).toEqual({ id: 'Zoë 🦊 \u2028' })
  })

  it('may come in pieces', async () => {
    const stream = new ReadableStream({
      start(controller) {
        for (const piece of BODY.split(/(?<=,)/)) controller.enqueue(Buffer.from(piece))
        controller.close()
      },
    })
    expect(await verify(webhook({}, stream))).toEqual(EVENT)
  })

  const TOO_LARGE = { code: 'webhook-too-large', status: 413 }

  it('is refused at 20 MB after one of them, signed or not', async () => {
    let count = 0
    const cancel = vi.fn<() => void>()
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(100_000))
        if (++count === 200) controller.close()
      },
      cancel,
    })
    await expect(verify(webhook({}, stream))).rejects.toMatchObject(TOO_LARGE)
    expect(count).toBeLessThan(15)
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('is refused unread when it announces more than there may be', async () => {
    const request = webhook({ 'content-length': '1048577' })
    await expect(verify(request)).rejects.toMatchObject(TOO_LARGE)
    expect(request.bodyUsed).toBe(false)
  })

  it('may have exactly 1 MiB', async () => {
    const most = BODY.padEnd(1_048_576)
    expect(await verify(webhook({ 'svix-signature': sign(most) }, most))).toEqual(EVENT)
    const more = BODY.padEnd(1_048_577)
    const request = webhook({ 'svix-signature': sign(more) }, more)
    await expect(verify(request)).rejects.toMatchObject(TOO_LARGE)
  })

  it('must not have been read before', async () => {
    const request = webhook()
    await request.json()
    await expect(verify(request)).rejects.toThrow(
      new TypeError(
        'The body of the webhook was read before verifyWebhook(). Call verifyWebhook() first, or with request.clone().',
      ),
    )
  })

  it('comes with a Request, not with what a framework has parsed', async () => {
    const parsed = { headers: { 'svix-id': 'msg_example' }, body: JSON.parse(BODY) as unknown }
    await expect(verify(parsed as unknown as Request)).rejects.toThrow(
      new TypeError('verifyWebhook() needs a Request of the Web, with its body as it came.'),
    )
  })
})

describe('the time of a webhook', () => {
  it.each([-300, 0, 300])('may be %i seconds from now', async (offset) => {
    expect(await verify(webhook(), SECRET, AT - offset)).toEqual(EVENT)
  })

  it.each([-301, 301, 86_400])('may not be %i seconds from now', async (offset) => {
    await expect(verify(webhook(), SECRET, AT - offset)).rejects.toMatchObject(INVALID)
  })

  it('is part of what is signed', async () => {
    const at = String(AT + 60)
    const request = webhook({ 'svix-timestamp': at, 'svix-signature': sign(BODY, { at }) })
    expect(await verify(request)).toEqual(EVENT)
  })

  it('counts as whole seconds, whose fraction nobody signs', async () => {
    expect(await verify(webhook({ 'svix-timestamp': `${AT}.9` }))).toEqual(EVENT)
    expect(await verify(webhook(), SECRET, AT + 300.999)).toEqual(EVENT)
  })

  // oxfmt-ignore
  it.each([
    ['not a number',       'NaN'],
    ['milliseconds',       `${AT}000`],
    ['signed',             `+${AT}`],
    ['negative',           `-${AT}`],
    ['an exponent',        '17e8'],
    ['hexadecimal',        '0x6553F100'],
    ['a number and more',  `${AT}x`],
    ['a date',             '2023-11-14T22:13:20Z'],
    ['two numbers',        `${AT}, ${AT}`],
    ['endless',            'Infinity'],
    ['a thousand digits',  '1'.repeat(1000)],
  ])('is refused when it is %s, signed or not', async (_, at) => {
    const signature = `${SIGNATURE} ${sign(BODY, { at })}`
    const request = webhook({ 'svix-timestamp': at, 'svix-signature': signature })
    await expect(verify(request)).rejects.toMatchObject(INVALID)
  })

  it('is refused while nobody knows what time it is', async () => {
    await expect(verify(webhook(), SECRET, Number.NaN)).rejects.toMatchObject(INVALID)
  })
})

describe('the headers of a webhook', () => {
  const names = ['svix-id', 'svix-timestamp', 'svix-signature'] as const

  it.each(names)('are named when %s is missing or blank', async (name) => {
    for (const value of [null, '', '   ']) {
      await expect(verify(webhook({ [name]: value }))).rejects.toMatchObject({
        code: 'webhook-headers-missing',
        status: 400,
        message: `The request is not a webhook: it lacks ${name}.`,
      })
    }
  })

  it('are named all together', async () => {
    const request = webhook({ 'svix-id': null, 'svix-timestamp': ' ', 'svix-signature': '' })
    await expect(verify(request)).rejects.toMatchObject({
      code: 'webhook-headers-missing',
      message: 'The request is not a webhook: it lacks svix-id, svix-timestamp, svix-signature.',
    })
  })

  it('do not go by the names of the standard', async () => {
    const standard = { 'webhook-id': 'msg_example', 'webhook-timestamp': String(AT) }
    const request = webhook({
      ...standard,
      'webhook-signature': SIGNATURE,
      ...Object.fromEntries(names.map((name) => [name, null])),
    })
    await expect(verify(request)).rejects.toMatchObject({ code: 'webhook-headers-missing' })
  })

  it('count once: of two ids none was signed', async () => {
    const request = webhook()
    request.headers.append('svix-id', 'msg_example')
    await expect(verify(request)).rejects.toMatchObject(INVALID)
  })
})

describe('the signing secret', () => {
  it('needs no prefix', async () => {
    expect(await verify(webhook(), SECRET.slice('whsec_'.length))).toEqual(EVENT)
  })

  it('comes from the environment when none is given', async () => {
    vi.stubEnv('CLERK_WEBHOOK_SIGNING_SECRET', SECRET)
    expect(await verifyWebhook(webhook(), { now: nowAt(AT) })).toEqual(EVENT)
    expect(await verifyWebhook(webhook(), { now: nowAt(AT), signingSecret: '' })).toEqual(EVENT)
    await expect(verify(webhook(), OTHER)).rejects.toMatchObject(INVALID)
  })

  it('is one of two during a rotation', async () => {
    expect(await verify(webhook(), [OTHER, SECRET])).toEqual(EVENT)
    expect(await verify(webhook(), [SECRET, OTHER])).toEqual(EVENT)
    await expect(verify(webhook(), [OTHER])).rejects.toMatchObject(INVALID)
  })

  it.each([[undefined], [''], [[]], [['']]])('must be there: %j', async (secret) => {
    await expect(verifyWebhook(webhook(), { signingSecret: secret })).rejects.toMatchObject({
      name: 'ClerkError',
      code: 'webhook-secret-missing',
      status: 500,
      message: expect.stringContaining('CLERK_WEBHOOK_SIGNING_SECRET'),
    })
  })

  // oxfmt-ignore
  it.each([
    ['a prefix alone',           'whsec_'],
    ['8 bytes',                  `whsec_${Buffer.alloc(8, 1).toString('base64')}`],
    ['23 bytes',                 `whsec_${Buffer.alloc(23, 1).toString('base64')}`],
    ['129 bytes',                `whsec_${Buffer.alloc(129, 1).toString('base64')}`],
    ['not base64',               'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY*'],
    ['base64 with a space',      `${SECRET} `],
    ['base64 of wrong length',   `${SECRET.slice(0, -3)}`],
    ['a secret key',             'sk_test_0123456789abcdef0123456789abcdef'],
  ])('is refused when it is %s, and does not appear in the message', async (_, secret) => {
    for (const signingSecret of [secret, [SECRET, secret]]) {
      const failure: unknown = await verify(webhook(), signingSecret).catch((error) => error)
      expect(failure).toMatchObject({ code: 'options-invalid', status: 500 })
      expect(`${String(failure)} `).not.toContain(secret.padEnd(12, '*').slice(6))
    }
  })
})
