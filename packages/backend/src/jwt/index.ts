/** JSON Web Tokens by themselves: reading, verifying, signing. For sessions there is `verifyToken`. */

export { type Jwt, decodeJwt } from './decode-jwt.ts'
export { SignJWTError } from './sign-jwt-error.ts'
export { type SignJwtOptions, signJwt } from './sign-jwt.ts'
export { type JwtKey, type VerifyJwtOptions, hasValidSignature, verifyJwt } from './verify-jwt.ts'
