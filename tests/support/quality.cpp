// quality MODEL STRIDE: each line of stdin holds the token ids of one window, all of one length; the dense
// model's held-out figures of the last STRIDE tokens of each as JSON on stdout.
#include "evaluate/quality.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "model/load.h"
#include "support/probe.h"

namespace dotmoe::probe {
namespace {

const Command command("quality", "MODEL STRIDE", [](const Arguments& arguments) {
    const auto model = load_model(arguments[0], exact_compute(DeviceChoice::cpu));
    const Transformer transformer(model->config, model->weights);
    std::vector<at::Tensor> windows;
    for (std::string line; std::getline(std::cin, line);)
        windows.push_back(at::tensor(numbers(line), at::kLong));
    const auto quality = evaluate_quality(transformer, transformer.dense(), at::stack(windows), {}, {},
                                          std::stoll(arguments[1]));
    fmt::print("{}\n", nlohmann::json{{"perplexity", quality.perplexity},
                                      {"stderr", quality.perplexity_stderr},
                                      {"kl", quality.kl},
                                      {"top1", quality.top1}}
                           .dump());
});

}  // namespace
}  // namespace dotmoe::probe
