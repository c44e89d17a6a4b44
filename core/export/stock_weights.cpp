#include "export/stock_weights.h"

#include "base/error.h"
#include "formats/torch_safetensors.h"
#include "model/read_tensor.h"

namespace dotmoe {
namespace {

class Safetensors final : public StockWeights {
  public:
    explicit Safetensors(const std::filesystem::path& file) : file_(file) {}

    std::string where(const std::string&) const override { return file_.path().string(); }
    std::vector<std::string> names() const override {
        std::vector<std::string> names;
        for (const auto& tensor : file_.tensors()) names.push_back(tensor.name);
        return names;
    }
    std::optional<StockEntry> find(const std::string& name) const override {
        const auto* found = file_.find(name);
        if (found == nullptr) return std::nullopt;
        return StockEntry{found->shape, type_of(*found)};
    }
    at::Tensor read(const std::string& name) const override {
        return to_tensor(file_.at(name)).to(at::kFloat);
    }

  private:
    gguf::TensorType type_of(const safetensors::Tensor& tensor) const {
        switch (tensor.dtype) {
            case safetensors::DType::F32:
                return gguf::TensorType::F32;
            case safetensors::DType::F16:
                return gguf::TensorType::F16;
            case safetensors::DType::BF16:
                return gguf::TensorType::BF16;
            default:
                fail("{}: tensor {} is {}, not F32, F16 or BF16", where(tensor.name), tensor.name,
                     safetensors::dtype_name(tensor.dtype));
        }
    }

    safetensors::File file_;
};

class Gguf final : public StockWeights {
  public:
    explicit Gguf(std::shared_ptr<const gguf::File> file) : file_(std::move(file)) {}

    std::string where(const std::string&) const override { return file_->path().string(); }
    std::vector<std::string> names() const override {
        std::vector<std::string> names;
        for (const auto& tensor : file_->tensors()) names.push_back(tensor.name);
        return names;
    }
    std::optional<StockEntry> find(const std::string& name) const override {
        const auto* found = file_->find(name);
        if (found == nullptr) return std::nullopt;
        return StockEntry{found->shape, found->type};
    }
    at::Tensor read(const std::string& name) const override { return read_tensor(file_->at(name)); }

  private:
    std::shared_ptr<const gguf::File> file_;
};

}  // namespace

std::unique_ptr<StockWeights> open_safetensors(const std::filesystem::path& folder) {
    return std::make_unique<Safetensors>(folder / "model.safetensors");
}

std::unique_ptr<StockWeights> open_gguf(std::shared_ptr<const gguf::File> file) {
    return std::make_unique<Gguf>(std::move(file));
}

}  // namespace dotmoe
