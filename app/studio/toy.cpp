#include "app/studio/toy.h"

#include <QCoreApplication>

namespace dotmoe::studio {

std::optional<Toy> find_toy() {
    const std::filesystem::path programs(QCoreApplication::applicationDirPath().toStdString());
    const auto folder = programs.parent_path() / "share" / "dotmoe-studio";
    const Toy toy{folder / "toy.gguf", folder / "text"};
    std::error_code ignored;
    const bool there =
        std::filesystem::exists(toy.model, ignored) && std::filesystem::exists(toy.text, ignored);
    return there ? std::optional(toy) : std::nullopt;
}

}  // namespace dotmoe::studio
