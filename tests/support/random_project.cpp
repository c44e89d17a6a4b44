// random_project MODEL OUT EXPERTS ACTIVE SHARED SEED: a conversion with random owners and routers.
#include "experts/project.h"
#include "model/load.h"
#include "model/stored_model.h"
#include "support/probe.h"
#include "support/random_experts.h"

namespace dotmoe::probe {
namespace {

const Command command("random_project", "MODEL OUT EXPERTS ACTIVE SHARED SEED",
                      [](const Arguments& arguments) {
                          const auto config = read_config(std::filesystem::path(arguments[0]));
                          Project project{arguments[0], model_sha256(arguments[0]), {}, {}};
                          project.recipe.name = "random";
                          project.recipe.seed = std::stoull(arguments[5]);
                          project.recipe.layout = {.experts = std::stoll(arguments[2]),
                                                   .active = std::stoll(arguments[3]),
                                                   .shared = std::stoll(arguments[4])};
                          check_layout(project.recipe.layout, config.neurons);
                          project.experts =
                              test::random_experts(config, project.recipe.layout, project.recipe.seed);
                          save_project(arguments[1], project, "{}");
                          std::filesystem::remove(std::filesystem::path(arguments[1]) / "metrics.json");
                      });

}  // namespace
}  // namespace dotmoe::probe
