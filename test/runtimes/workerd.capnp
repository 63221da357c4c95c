# For `workerd test`. run.ts puts this file beside the bundle.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "suite", worker = .suite)],
);

const suite :Workerd.Worker = (
  modules = [(name = "entry-workerd.mjs", esModule = embed "entry-workerd.mjs")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [
    (name = "SELF", service = "suite"),
    (name = "VERSION", fromEnvironment = "WORKERD_VERSION"),
  ],
);
