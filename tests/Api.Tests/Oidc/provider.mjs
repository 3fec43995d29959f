// A real OpenID provider for the tests. Arguments: port (0: any), algorithm, redirect address of the browser clients, ways to send a
// client's secret that it publishes, separated by commas (none: all); where they are named it takes the body alone, as the package takes any.
// Prints one JSON line when it listens. Bearer tokens come from client credentials; browsers sign in as whoever they name, with code and PKCE.
// Every start makes new signing keys, so a restart on the same port is a key rotation.
import { createServer } from 'node:http';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { Provider } from 'oidc-provider';

const [port = '0', algorithm = 'RS256', redirect = 'https://access.example/signin/callback', methods = ''] = process.argv.slice(2);
const pair = algorithm.startsWith('ES')
  ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
  : generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...pair.privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: algorithm };
const client = (id) => ({
  client_id: id, client_secret: `${id}-secret`, grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
  id_token_signed_response_alg: algorithm,
});
const browserClient = (id, method) => ({
  client_id: id, grant_types: ['authorization_code'], response_types: ['code'], redirect_uris: [redirect], application_type: 'web',
  token_endpoint_auth_method: method, ...(method === 'none' ? {} : { client_secret: `${id}-secret: +/%` }), id_token_signed_response_alg: algorithm,
});
const roles = ['Admin', 'Auditor', 'Reviewer', 'Janitor'];

const server = createServer();
server.listen(Number(port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: methods ? [browserClient('post', 'client_secret_post')] : [
      client('alice'), client('dave'), client('nobody'),
      browserClient('web', 'client_secret_basic'), browserClient('post', 'client_secret_post'), browserClient('spa', 'none'),
    ],
    ...(methods ? { clientAuthMethods: methods.split(',') } : {}),
    claims: { openid: ['sub'], profile: ['roles'] },
    conformIdTokenClaims: false,
    cookies: { keys: [randomUUID()] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...(id === 'dave' ? { roles } : {}) }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    async loadExistingGrant(context) {
      const grant = new context.oidc.provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
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
    extraTokenClaims: (_, token) => (token.clientId === 'dave' ? { roles } : {}),
  });
  const answer = provider.callback();
  server.on('request', (request, response) => (request.url.startsWith('/interaction/') ? interact(provider, request, response)
    : methods && request.url === '/token' && request.headers.authorization ? response.writeHead(401, { 'Content-Type': 'application/json' }).end('{"error":"invalid_client"}')
      : answer(request, response)));
  console.log(JSON.stringify({ issuer, kid: key.kid }));
});

// The provider's own page: whoever is named is signed in; nobody: the sign-in is refused.
async function interact(provider, request, response) {
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><html lang="en"><title>Provider</title><h1>Provider</h1>
      <form method="post"><label>Name <input name="login" autofocus></label> <button>Go on</button></form></html>`);
    return;
  }
  let body = '';
  for await (const chunk of request) body += chunk;
  const login = new URLSearchParams(body).get('login');
  await provider.interactionFinished(request, response, login ? { login: { accountId: login } } : { error: 'access_denied' });
}

// The tests end this process by closing its input, and so does their own end.
process.stdin.on('end', () => process.exit(0)).resume();
