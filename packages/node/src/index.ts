export {
  authenticateMessage,
  type Authenticated,
  type MessageAuthenticator,
} from './authenticate.ts'
export { NodeRequestError, type NodeRequestErrorCode } from './error.ts'
export { toWebRequest, type FrameworkMessage } from './request.ts'
export { appendHeaders, writeResponse } from './response.ts'
