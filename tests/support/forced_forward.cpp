// own_forward PROJECT RUN OUT: `converted` logits [T, V] of the conversion on its own routes, tokens from
// RUN. forced_forward PROJECT RUN OUT: the dense source, and its conversion forced to another runtime's
// routes, in fp32. RUN is a safetensors file with tokens [T] int64 and chosen [L, T, E] uint8 (1: the expert
// is on). OUT gets dense and forced logits [T, V], and own [L, T, E]: what the conversion's routers choose on
// the forced residual stream.
#include <ATen/core/grad_mode.h>

#include "experts/masked_ffn.h"
#include "experts/project.h"
#include "experts/router.h"
#include "formats/torch_safetensors.h"
#include "model/load.h"
#include "model/transformer.h"
#include "support/probe.h"

namespace dotmoe::probe {
namespace {

const Command command("forced_forward", "PROJECT RUN OUT", [](const Arguments& arguments) {
    const at::NoGradGuard no_grad;
    const auto project = load_project(arguments[0]);
    const auto& experts = project.experts;
    const auto model = load_model(project.source, exact_compute(DeviceChoice::cpu));
    const Transformer transformer(model->config, model->weights);
    const safetensors::File run(arguments[1]);
    const auto tokens = to_tensor(run.at("tokens")).unsqueeze(0);
    const auto chosen = to_tensor(run.at("chosen")).to(at::kFloat);

    std::vector<at::Tensor> own;
    const FeedForward forced = [&](const at::Tensor& x, std::int64_t layer) {
        const auto& [owner, router] = experts.layers[layer];
        own.push_back(route(x.flatten(0, -2), router, experts.layout.active).mask);
        return masked_feed_forward(x, model->weights.layers[layer], experts.layout, owner, chosen[layer]);
    };
    const auto logits = [&](const FeedForward& ffn) {
        return transformer.logits(transformer.hidden(tokens, ffn))[0];
    };
    const auto dense = logits(transformer.dense()), converted = logits(forced);
    safetensors::write(arguments[2],
                       {to_write("dense", dense), to_write("forced", converted),
                        to_write("own", at::stack(own).to(at::kByte))},
                       {});
});

const Command own("own_forward", "PROJECT RUN OUT", [](const Arguments& arguments) {
    const at::NoGradGuard no_grad;
    const auto project = load_project(arguments[0]);
    const auto model = load_model(project.source, exact_compute(DeviceChoice::cpu));
    const Transformer transformer(model->config, model->weights);
    const auto tokens = to_tensor(safetensors::File(arguments[1]).at("tokens")).unsqueeze(0);
    const auto hidden = transformer.hidden(tokens, converted_feed_forward(model->weights, project.experts));
    safetensors::write(arguments[2], {to_write("converted", transformer.logits(hidden)[0])}, {});
});

}  // namespace
}  // namespace dotmoe::probe
