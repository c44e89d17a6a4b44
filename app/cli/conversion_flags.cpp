#include "app/cli/conversion_flags.h"

namespace dotmoe::cli {

void ConversionFlags::add_to(CLI::App& command, const std::string& what_out_is) {
    command.add_option("MODEL", model, "A GGUF file or a Hugging Face folder")->required();
    command.add_option("--text", text, "Text files and folders, to calibrate, train and judge with")
        ->required()
        ->type_name("PATH");
    command.add_option("--out", out, what_out_is)->required()->type_name("DIR");
}

ConvertRequest ConversionFlags::request(const Context& context) const {
    ConvertRequest request;
    request.model = model;
    request.text = to_paths(text);
    request.out = out;
    request.fork = fork;
    request.recipe = recipe.recipe(fork ? std::optional(recipe_to_fork(fork->folder)) : std::nullopt);
    request.device = context.device_choice();
    request.threads = context.threads;
    return request;
}

}  // namespace dotmoe::cli
