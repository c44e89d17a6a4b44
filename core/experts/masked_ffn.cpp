#include "experts/masked_ffn.h"

#include <torch/csrc/autograd/custom_function.h>

namespace dotmoe {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// [1 R] with the always-on column of the shared neurons, where there is one: [T, columns].
at::Tensor column_mask(const at::Tensor& routed, const Layout& layout) {
    if (layout.shared == 0) return routed;
    return at::cat({at::ones({routed.size(0), 1}, routed.options()), routed}, 1);
}

/// R M^T [T, N] with M one-hot: a column of R for each neuron, in the weights' format.
at::Tensor neuron_mask(const at::Tensor& columns, const at::Tensor& owner, at::ScalarType dtype) {
    return columns.index_select(1, owner).to(dtype);
}

at::Tensor one_hot(const at::Tensor& owner, std::int64_t columns, const at::TensorOptions& options) {
    return at::zeros({owner.size(0), columns}, options).scatter_(1, owner.unsqueeze(1), 1);
}

/// Tensors saved for backward, in this order.
enum Saved { kGateInput, kUpOutput, kColumns, kOwner, kGate, kUp, kDown };

// y = (H * (R M^T)) W_down^T. G = X W_gate^T and X W_up^T are kept, [T, N] each: with them backward
// recomputes H by one pass over memory instead of two matrix products.
class MaskedFeedForward : public torch::autograd::Function<MaskedFeedForward> {
  public:
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& routed,
                              const at::Tensor& /*soft_plan*/, const LayerWeights& layer,
                              const Layout& layout, const at::Tensor& owner) {
        const auto g = at::linear(x, layer.gate), u = at::linear(x, layer.up);
        const auto columns = column_mask(routed, layout);
        context->save_for_backward({g, u, columns, owner, layer.gate, layer.up, layer.down});
        context->saved_data["first_routed"] = layout.first_routed();
        const auto h = at::silu(g).mul_(u);
        return at::linear(h * neuron_mask(columns, owner, h.scalar_type()), layer.down);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto saved = context->get_saved_variables();
        const auto &g = saved[kGateInput], &u = saved[kUpOutput], &columns = saved[kColumns],
                   &owner = saved[kOwner];
        const auto d_masked = at::matmul(gradients[0], saved[kDown]);  // dY W_down [T, N]
        const auto activated = at::silu(g);
        variable_list result(6);
        if (context->needs_input_grad(1) || context->needs_input_grad(2)) {
            const auto through_mask = (d_masked * activated).mul_(u).to(columns.scalar_type());  // U [T, N]
            if (context->needs_input_grad(1)) {
                const auto membership = one_hot(owner, columns.size(1), columns.options());
                const auto d_columns = at::matmul(through_mask, membership);  // dR = U M
                const auto first = context->saved_data["first_routed"].toInt();
                result[1] = d_columns.narrow(1, first, columns.size(1) - first);
            }
            if (context->needs_input_grad(2))
                result[2] = at::matmul(through_mask.t(), columns);  // dP = U^T R
        }
        if (context->needs_input_grad(0)) {
            const auto d_h = d_masked * neuron_mask(columns, owner, d_masked.scalar_type());
            const auto d_gate = at::silu_backward(d_h * u, g);
            result[0] = at::matmul(d_gate, saved[kGate]).addmm_(d_h * activated, saved[kUp]);
        }
        return result;
    }
};

}  // namespace

at::Tensor masked_feed_forward(const at::Tensor& x, const LayerWeights& layer, const Layout& layout,
                               const at::Tensor& owner, const at::Tensor& routed,
                               const at::Tensor& soft_plan) {
    const auto tokens = x.reshape({-1, x.size(-1)});
    // Autograd takes no undefined tensor as an input of a node.
    const auto plan = soft_plan.defined() ? soft_plan : at::empty({0}, routed.options());
    const auto y = MaskedFeedForward::apply(tokens, routed.reshape({-1, routed.size(-1)}), plan, layer,
                                            layout, owner.to(x.device()));
    return y.view(x.sizes());
}

}  // namespace dotmoe
