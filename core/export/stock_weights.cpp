#include "export/stock_weights.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "formats/torch_safetensors.h"
#include "model/read_tensor.h"

namespace dotmoe {
namespace {

constexpr auto index_file = "model.safetensors.index.json";

/// Tensor -> file, as the index says.
std::map<std::string, std::string> read_index(const std::filesystem::path& path) {
    const auto json = nlohmann::json::parse(read_text_file(path), nullptr, false);
    if (!json.is_object() || !json.contains("weight_map") || !json["weight_map"].is_object() ||
        json["weight_map"].empty())
        fail("{}: is no index: it has no 'weight_map'", path.string());
    std::map<std::string, std::string> places;
    for (const auto& [name, file] : json["weight_map"].items()) {
        if (!file.is_string()) fail("{}: {} has no file name", path.string(), name);
        const std::filesystem::path place(file.get<std::string>());
        if (place.empty() || place != place.filename() || place == ".." || place == ".")
            fail("{}: {} is said to lie in '{}', which is no file of the folder", path.string(), name,
                 place.string());
        places[name] = place.string();
    }
    return places;
}

class Safetensors final : public StockWeights {
  public:
    explicit Safetensors(const std::filesystem::path& folder) {
        if (!std::filesystem::exists(folder / index_file)) {
            open(folder / "model.safetensors");
            return;
        }
        const auto places = read_index(folder / index_file);
        std::set<std::string> files;
        for (const auto& [name, file] : places)
            if (files.insert(file).second) open(folder / file);
        for (const auto& [name, file] : places)
            if (const auto found = holders_.find(name);
                found == holders_.end() || files_[found->second]->path().filename() != file)
                fail("{}: tensor {} is not in {}, where {} says it is", folder.string(), name, file,
                     index_file);
        for (const auto& [name, holder] : holders_)
            if (!places.contains(name))
                fail("{}: tensor {} is not in {}", files_[holder]->path().string(), name, index_file);
    }

    std::string where(const std::string& name) const override {
        const auto found = holders_.find(name);
        return files_[found == holders_.end() ? 0 : found->second]->path().string();
    }
    std::vector<std::string> names() const override {
        std::vector<std::string> names;
        for (const auto& [name, holder] : holders_) names.push_back(name);
        return names;
    }
    std::optional<StockEntry> find(const std::string& name) const override {
        const auto found = holders_.find(name);
        if (found == holders_.end()) return std::nullopt;
        const auto& tensor = files_[found->second]->at(name);
        return StockEntry{tensor.shape, type_of(tensor)};
    }
    at::Tensor read(const std::string& name) const override {
        const auto found = holders_.find(name);
        if (found == holders_.end()) fail("{}: tensor {} is missing", where(name), name);
        return to_tensor(files_[found->second]->at(name)).to(at::kFloat);
    }

  private:
    void open(const std::filesystem::path& path) {
        files_.push_back(std::make_unique<safetensors::File>(path));
        for (const auto& tensor : files_.back()->tensors())
            if (!holders_.emplace(tensor.name, files_.size() - 1).second)
                fail("{}: tensor {} is in another file too", path.string(), tensor.name);
    }

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

    std::vector<std::unique_ptr<safetensors::File>> files_;
    std::map<std::string, std::size_t> holders_;  // tensor -> which of files_
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
    return std::make_unique<Safetensors>(folder);
}

std::unique_ptr<StockWeights> open_gguf(std::shared_ptr<const gguf::File> file) {
    return std::make_unique<Gguf>(std::move(file));
}

}  // namespace dotmoe
