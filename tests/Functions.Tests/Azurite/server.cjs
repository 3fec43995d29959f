// Azurite's table and blob services, in memory, on free ports. Prints where each listens, a line each, and ends with its input.
const { default: TableConfiguration } = require("azurite/dist/src/table/TableConfiguration");
const { default: TableServer } = require("azurite/dist/src/table/TableServer");
const { default: BlobConfiguration } = require("azurite/dist/src/blob/BlobConfiguration");
const { default: BlobServer } = require("azurite/dist/src/blob/BlobServer");

const [, , accounts, key] = process.argv;
process.env.AZURITE_ACCOUNTS = Array.from({ length: Number(accounts) }, (_, i) => `tests${i}:${key}`).join(";");
process.stdin.on("end", () => process.exit(0)).resume();

// host, port, keep-alive seconds, file, debug log, access log, its stream, debug file, loose, skip version check, cert, key, pwd, oauth, no product URL, in memory
const tables = new TableServer(new TableConfiguration("127.0.0.1", 0, 60, "tables.json", false, false, undefined, undefined, false, true, undefined, undefined, undefined, undefined, true, true));

// host, port, keep-alive seconds, files and folders, access log, its stream, debug log, its file, loose, skip version check, cert, key, pwd, oauth, no product URL, in memory
const blobs = new BlobServer(
  new BlobConfiguration("127.0.0.1", 0, 60, "blobs.json", "extents.json", [], false, undefined, false, undefined, false, true, undefined, undefined, undefined, undefined, true, true),
);
(async () => {
  await tables.start();
  await blobs.start();
  console.log(tables.getHttpServerAddress());
  console.log(blobs.getHttpServerAddress());
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
