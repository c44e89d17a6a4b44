#include "align/down_fit.h"

#include <ATen/core/grad_mode.h>

#include "align/activations.h"
#include "align/ridge_regression.h"
#include "experts/masked_ffn.h"

namespace dotmoe {

namespace {

/// The regression of one layer, on the text before its FFN.
at::Tensor fitted_down(const Transformer& dense, const ExpertSet& experts, std::int64_t l,
                       const ActivationStream& teacher, const ActivationStream& student, double ridge) {
    const auto& layer = dense.weights().layers[static_cast<std::size_t>(l)];
    RidgeRegression down;
    for (std::size_t b = 0; b < student.batches().size(); ++b) {
        const auto& before = student.batches()[b];
        const auto x = dense.feed_forward_input(before, l);
        const auto wanted =
            dense.config().post_norms ? dense_feed_forward(x, layer) : teacher.batches()[b] - before;
        down.add(masked_neuron_outputs(x, layer, experts, l).flatten(0, 1), wanted.flatten(0, 1));
    }
    return down.solve(layer.down, ridge);
}

}  // namespace

Weights fit_down(const Transformer& dense, ExpertSet experts, const at::Tensor& windows, double ridge,
                 const FitHooks& hooks, std::vector<at::Tensor> done) {
    const at::NoGradGuard no_grad;
    auto weights = dense.weights();
    ActivationStream teacher(dense, windows), student(dense, windows);
    for (std::int64_t l = 0; l < dense.config().layers; ++l) {
        const auto index = static_cast<std::size_t>(l);
        teacher.attend();
        student.attend();
        teacher.advance(dense.dense());
        auto& down = weights.layers[index].down;
        if (index < done.size()) {
            down = done[index].to(down.options());  // a checkpoint comes from the CPU
        } else {
            if (hooks.split) experts.layers[index] = hooks.split(l, student.feed_forward_inputs());
            down = fitted_down(dense, experts, l, teacher, student, ridge);
            hooks.on_layer(l, {experts.layers[index], down});
        }
        student.advance(converted_feed_forward(weights, experts));
    }
    return weights;
}

}  // namespace dotmoe
