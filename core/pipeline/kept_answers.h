// Answers to tasks kept beside a conversion, so that it is asked once. No torch in this header.
#pragma once

#include <vector>

#include "pipeline/answer_tasks.h"
#include "pipeline/convert.h"

namespace dotmoe {

/// The figures in folder/tasks.json where they are of this conversion and these questions; else the
/// conversion is asked, and they are written there. `source`: the dense model it was made from; `dense`: as
/// answer_tasks takes it. Throws Error and Cancelled.
std::vector<TaskFigures> kept_answers(const std::filesystem::path& folder,
                                      const std::filesystem::path& source, DeviceChoice device,
                                      const std::vector<Task>& tasks, const std::vector<Answers>& dense,
                                      const ConvertHooks& hooks);

}  // namespace dotmoe
