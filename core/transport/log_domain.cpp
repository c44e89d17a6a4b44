#include "transport/log_domain.h"

namespace dotmoe::log_domain {

at::Tensor update_f(const at::Tensor& z, const at::Tensor& g) {
    return -at::logsumexp(z + g.unsqueeze(-2), -1);
}

at::Tensor update_g(const at::Tensor& z, const at::Tensor& f, const at::Tensor& capacity) {
    return capacity.log() - at::logsumexp(z + f.unsqueeze(-1), -2);
}

at::Tensor plan(const at::Tensor& z, const at::Tensor& f, const at::Tensor& g) {
    return (z + f.unsqueeze(-1) + g.unsqueeze(-2)).exp();
}

}  // namespace dotmoe::log_domain
