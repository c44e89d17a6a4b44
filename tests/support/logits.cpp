// logits MODEL OUT: each line of stdin holds the token ids of one passage; their logits, one passage after
// the other, as fp32 in OUT.
#include <ATen/core/grad_mode.h>

#include <iostream>

#include "model/load.h"
#include "model/transformer.h"
#include "support/probe.h"

namespace dotmoe::probe {
namespace {

const Command command("logits", "MODEL OUT", [](const Arguments& arguments) {
    const at::NoGradGuard no_grad;
    const auto model = load_model(arguments[0], exact_compute(DeviceChoice::cpu));
    const Transformer transformer(model->config, model->weights);
    AtomicFile out(arguments[1]);
    for (std::string line; std::getline(std::cin, line);) {
        const auto tokens = at::tensor(numbers(line), at::kLong).unsqueeze(0);
        const auto logits = transformer.logits(transformer.hidden(tokens, transformer.dense())).contiguous();
        out.write({static_cast<const std::byte*>(logits.const_data_ptr()), logits.nbytes()});
    }
    out.commit();
});

}  // namespace
}  // namespace dotmoe::probe
