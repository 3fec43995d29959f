// A real OpenID provider for the tests. Arguments: port (0: any), algorithm. Prints one JSON line when it listens.
// Every start makes new signing keys, so a restart on the same port is a key rotation.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [port = '0', algorithm = 'RS256'] = process.argv.slice(2);
const pair = algorithm.startsWith('ES')
  ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
  : generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...pair.privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: algorithm };
const client = (id) => ({
  client_id: id, client_secret: `${id}-secret`, grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
  id_token_signed_response_alg: algorithm,
});

const server = createServer();
server.listen(Number(port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [client('alice'), client('dave'), client('nobody')],
    jwks: { keys: [key] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          scope: 'access', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg: algorithm } },
        }),
      },
    },
    extraTokenClaims: (_, token) => (token.clientId === 'dave' ? { roles: ['Admin', 'Auditor', 'Reviewer', 'Janitor'] } : {}),
  });
  server.on('request', provider.callback());
  console.log(JSON.stringify({ issuer, kid: key.kid }));
});

// The tests end this process by closing its input, and so does their own end.
process.stdin.on('end', () => process.exit(0)).resume();
