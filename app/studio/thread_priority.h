// Keeps the window quick while a conversion uses every core.
#pragma once

namespace dotmoe::studio {

/// How much nicer threads that compute are than the window's. Linux keeps the nice value per thread and
/// children inherit it, so the OpenMP threads of a worker follow; at 5 the window's thread outweighs each of
/// them three to one, and a busy machine still lets the conversion go on.
inline constexpr int worker_nice = 5;

/// Nice value of threads that compute: worker_nice over that of the process's first thread.
int lowered_priority();

/// Gives it to the calling thread, and to the threads it starts from now on. Not undoable without privileges.
void lower_thread_priority();

}  // namespace dotmoe::studio
