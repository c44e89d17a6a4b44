// Dear ImGui's triangles drawn on the CPU: no OpenGL, so it works on every Qt platform, and on software GL it
// is the faster path as well (a QOpenGLWidget sends every flush of the window through llvmpipe).
#pragma once

#include <QImage>

struct ImDrawData;

namespace dotmoe {

/// Coverage texture of the font atlas; the only texture we use.
struct AlphaTexture {
    const unsigned char* pixels = nullptr;
    int width = 0, height = 0;
};

/// Draws over `target` (Format_RGB32, device pixels), which stays opaque. Vertices are scaled by
/// data.FramebufferScale.
void rasterise(const ImDrawData& data, const AlphaTexture& texture, QImage& target);

}  // namespace dotmoe
