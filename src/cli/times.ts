export * from '../contract/time-text.ts'
