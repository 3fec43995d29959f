// Azurite's table service, in memory, on a free port. Prints where it listens and ends with its input.
const { default: TableConfiguration } = require("azurite/dist/src/table/TableConfiguration");
const { default: TableServer } = require("azurite/dist/src/table/TableServer");

const [, , accounts, key] = process.argv;
process.env.AZURITE_ACCOUNTS = Array.from({ length: Number(accounts) }, (_, i) => `tests${i}:${key}`).join(";");
process.stdin.on("end", () => process.exit(0)).resume();

// host, port, keep-alive seconds, file, debug log, access log, its stream, debug file, loose, skip version check, cert, key, pwd, oauth, no product URL, in memory
const server = new TableServer(new TableConfiguration("127.0.0.1", 0, 60, "tables.json", false, false, undefined, undefined, false, true, undefined, undefined, undefined, undefined, true, true));
server.start().then(() => console.log(server.getHttpServerAddress()), (error) => {
  console.error(error);
  process.exit(1);
});
