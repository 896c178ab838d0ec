// Bare names for Node.js, as the import map gives them to browsers.
import { registerHooks } from "node:module";

registerHooks({
  resolve(name, context, next) {
    if (!name.startsWith("mobile/")) return next(name, context);
    return next(new URL(`../../static/${name}.js`, import.meta.url).href, context);
  },
});
