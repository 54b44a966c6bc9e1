import { type Expected, took } from './expected.ts'

export const geminiRecordings: Record<string, Expected> = {
  'gemini-503': { outcome: 'overload', session: '7788236a-2d7c-417a-bf95-0fa730227490' },
  'gemini-auth': { outcome: 'auth', session: 'e4f69d69-d24f-45ee-8664-7405e047d15c' },
  'gemini-badflag': { outcome: 'misuse' },
  'gemini-limit-json': { outcome: 'usage_limit' },
  'gemini-limit': { outcome: 'usage_limit', session: '2f153bab-c8da-42ff-908f-2bc298f6a77f' },
  'gemini-nokey': { outcome: 'auth' },
  'gemini-resume-unknown': { outcome: 'lost_conversation' },
  'gemini-resume': {
    outcome: 'ok',
    session: '0ecebabd-d3f5-4915-a10b-1831a5898fc4',
    usage: took(100, 20),
    answer: 'two',
  },
  'gemini-sig-term': {
    outcome: 'ok',
    session: 'e2d66a9d-1423-45b0-90c1-2c9444ccb348',
    usage: took(100, 20),
    answer: 'w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w1',
  },
  'gemini-stream': {
    outcome: 'ok',
    session: '175672ee-cb2c-4577-9d27-8114ec7e4efe',
    usage: took(100, 20),
    answer: 'hello from fake',
  },
  'gemini-success': { outcome: 'auth' },
  'gemini-tool-yolo': {
    outcome: 'ok',
    session: '7b4be1b7-8137-4130-b8dc-d224415b88af',
    usage: took(200, 40),
    answer: 'done: Output: made',
  },
  'gemini-untrusted': { outcome: 'misuse' },
}
