#include "formats/torch_safetensors.h"

#include <cstring>

#include "base/error.h"

namespace dotmoe {
namespace {

using safetensors::DType;

constexpr std::pair<at::ScalarType, DType> types[] = {{at::kFloat, DType::F32},     {at::kHalf, DType::F16},
                                                      {at::kBFloat16, DType::BF16}, {at::kDouble, DType::F64},
                                                      {at::kLong, DType::I64},      {at::kInt, DType::I32},
                                                      {at::kByte, DType::U8}};

DType dtype_of(const at::Tensor& tensor, const std::string& name) {
    for (const auto& [ours, theirs] : types)
        if (tensor.scalar_type() == ours) return theirs;
    fail("tensor {} is of type {}, which safetensors cannot hold here", name,
         c10::toString(tensor.scalar_type()));
}

at::ScalarType scalar_type_of(DType dtype) {
    for (const auto& [ours, theirs] : types)
        if (dtype == theirs) return ours;
    fail("safetensors type {} is not supported", safetensors::dtype_name(dtype));
}

}  // namespace

safetensors::TensorToWrite to_write(std::string name, const at::Tensor& tensor) {
    const auto dtype = dtype_of(tensor, name);
    return {std::move(name), dtype, tensor.sizes().vec(), [tensor] {
                const auto plain = tensor.detach().to(at::kCPU).contiguous();
                std::vector<std::byte> bytes(plain.nbytes());
                if (!bytes.empty()) std::memcpy(bytes.data(), plain.const_data_ptr(), bytes.size());
                return bytes;
            }};
}

at::Tensor to_tensor(const safetensors::Tensor& entry) {
    auto tensor = at::empty(entry.shape, scalar_type_of(entry.dtype));
    if (!entry.data.empty()) std::memcpy(tensor.mutable_data_ptr(), entry.data.data(), entry.data.size());
    return tensor;
}

}  // namespace dotmoe
