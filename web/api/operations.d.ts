/** Made by the build out of `src/contract/operations.ts`: schemas stay behind. */
declare module 'virtual:operations' {
  type Address = [method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, answer: 'json' | 'bytes']
  const addresses: Record<import('../../src/contract/operations.ts').OperationName, Address>
  export default addresses
}
