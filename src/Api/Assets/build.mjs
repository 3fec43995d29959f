// Installs what package-lock.json pins, once per lock file, and builds what the pages load into the folder that is given.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const home = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) throw new Error('Usage: node build.mjs FOLDER');
mkdirSync(out, { recursive: true });

const wanted = read('package-lock.json');
const marker = join('node_modules', '.installed');
if (read(marker) !== wanted) {
  const npm = spawnSync('npm ci --omit=optional --ignore-scripts --no-audit --no-fund', { cwd: home, stdio: ['ignore', 2, 2], shell: true });
  if (npm.status !== 0) throw new Error('npm ci failed. It is needed once, and again when package-lock.json changes; see the lines above.');
  writeFileSync(join(home, marker), wanted);
}

const sass = await import(pathToFileURL(join(home, 'node_modules/sass/sass.node.mjs')));
const css = sass.compile(join(home, 'app.scss'), {
  style: 'compressed',
  charset: false,
  loadPaths: [join(home, 'node_modules')],
  quietDeps: true,
  silenceDeprecations: ['import', 'global-builtin', 'color-functions', 'if-function'],
  logger: { warn(message) { throw new Error(message); } },
}).css;

write('app.css', css);
write('app.js', read('app.js'));
write('htmx.js', read('node_modules/htmx.org/dist/htmx.min.js'));
write('icon.svg', read('icon.svg'));

function read(path) {
  try {
    return readFileSync(join(home, path), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' && path === marker) return undefined;
    throw error;
  }
}

// Moved into place, so that a compiler never reads a half.
function write(name, text) {
  const aside = join(out, `${name}.${process.pid}`);
  writeFileSync(aside, text);
  renameSync(aside, join(out, name));
}
