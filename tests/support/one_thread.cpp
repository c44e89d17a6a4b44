// Linked into tests of small tensors: a second thread costs them more than it gives, above all on a busy
// machine.
#include <ATen/Parallel.h>

namespace {

[[maybe_unused]] const bool one_thread = (at::set_num_threads(1), true);

}  // namespace
