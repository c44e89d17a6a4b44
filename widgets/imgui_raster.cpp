#include "widgets/imgui_raster.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace dotmoe {
namespace {

struct Vertex {
    float x, y, u, v;
    std::array<float, 4> colour;  // r, g, b, a in 0..255
};

struct Clip {
    int left, top, right, bottom;  // right and bottom are outside
};

void blend(QRgb& pixel, const std::array<float, 4>& colour, float coverage) {
    const int alpha = static_cast<int>(std::lrint(colour[3] * coverage * (256.0F / 255.0F)));  // 0..256
    const auto mix = [alpha](int below, float above) {
        return below + (((static_cast<int>(above) - below) * alpha) >> 8);
    };
    pixel = qRgb(mix(qRed(pixel), colour[0]), mix(qGreen(pixel), colour[1]), mix(qBlue(pixel), colour[2]));
}

float sample(const AlphaTexture& texture, float u, float v) {  // bilinear, 0..1
    const float x =
        std::clamp(u * static_cast<float>(texture.width) - 0.5F, 0.0F, static_cast<float>(texture.width - 1));
    const float y = std::clamp(v * static_cast<float>(texture.height) - 0.5F, 0.0F,
                               static_cast<float>(texture.height - 1));
    const int x0 = static_cast<int>(x), y0 = static_cast<int>(y);
    const int x1 = std::min(x0 + 1, texture.width - 1), y1 = std::min(y0 + 1, texture.height - 1);
    const auto at = [&](int column, int row) {
        return static_cast<float>(texture.pixels[row * texture.width + column]);
    };
    const float right = x - static_cast<float>(x0), down = y - static_cast<float>(y0);
    const float upper = at(x0, y0) + right * (at(x1, y0) - at(x0, y0));
    const float lower = at(x0, y1) + right * (at(x1, y1) - at(x0, y1));
    return (upper + down * (lower - upper)) / 255.0F;
}

/// Twice the signed area of a, b, p.
float edge(const Vertex& a, const Vertex& b, float x, float y) {
    return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
}

/// Pixels on a shared edge belong to one of the two triangles (top-left rule), or translucent shapes would
/// show seams.
bool ownsEdge(const Vertex& a, const Vertex& b) {
    return a.y == b.y ? b.x > a.x : b.y < a.y;
}

void drawTriangle(Vertex a, Vertex b, Vertex c, const AlphaTexture& texture, const Clip& clip,
                  QImage& target) {
    const float area = edge(a, b, c.x, c.y);
    if (area == 0) return;
    if (area < 0) std::swap(b, c);
    const float scale = 1 / std::abs(area);
    const int left = std::max(clip.left, static_cast<int>(std::floor(std::min({a.x, b.x, c.x}))));
    const int right = std::min(clip.right, static_cast<int>(std::ceil(std::max({a.x, b.x, c.x}))));
    const int top = std::max(clip.top, static_cast<int>(std::floor(std::min({a.y, b.y, c.y}))));
    const int bottom = std::min(clip.bottom, static_cast<int>(std::ceil(std::max({a.y, b.y, c.y}))));
    const bool flat = a.colour == b.colour && b.colour == c.colour;
    const bool white = a.u == b.u && b.u == c.u && a.v == b.v && b.v == c.v;  // the atlas's white pixel
    const auto inside = [](float weight, bool owns) { return weight > 0 || (weight == 0 && owns); };
    const bool ownsA = ownsEdge(b, c), ownsB = ownsEdge(c, a), ownsC = ownsEdge(a, b);

    for (int y = top; y < bottom; ++y) {
        auto* line = reinterpret_cast<QRgb*>(target.scanLine(y));
        const float py = static_cast<float>(y) + 0.5F;
        for (int x = left; x < right; ++x) {
            const float px = static_cast<float>(x) + 0.5F;
            const float wa = edge(b, c, px, py), wb = edge(c, a, px, py), wc = edge(a, b, px, py);
            if (!inside(wa, ownsA) || !inside(wb, ownsB) || !inside(wc, ownsC)) continue;
            const auto mix = [&](float of_a, float of_b, float of_c) {
                return (wa * of_a + wb * of_b + wc * of_c) * scale;
            };
            std::array<float, 4> colour = a.colour;
            for (std::size_t i = 0; i < colour.size() && !flat; ++i)
                colour[i] = mix(a.colour[i], b.colour[i], c.colour[i]);
            blend(line[x], colour, white ? 1.0F : sample(texture, mix(a.u, b.u, c.u), mix(a.v, b.v, c.v)));
        }
    }
}

}  // namespace

void rasterise(const ImDrawData& data, const AlphaTexture& texture, QImage& target) {
    const ImVec2 scale = data.FramebufferScale;
    const auto vertex = [&](const ImDrawVert& from) {
        const ImU32 c = from.col;
        return Vertex{(from.pos.x - data.DisplayPos.x) * scale.x,
                      (from.pos.y - data.DisplayPos.y) * scale.y,
                      from.uv.x,
                      from.uv.y,
                      {static_cast<float>((c >> IM_COL32_R_SHIFT) & 255),
                       static_cast<float>((c >> IM_COL32_G_SHIFT) & 255),
                       static_cast<float>((c >> IM_COL32_B_SHIFT) & 255),
                       static_cast<float>((c >> IM_COL32_A_SHIFT) & 255)}};
    };
    for (int list = 0; list < data.CmdListsCount; ++list) {
        const ImDrawList& commands = *data.CmdLists[list];
        for (const ImDrawCmd& command : commands.CmdBuffer) {
            const Clip clip{std::max(0, static_cast<int>((command.ClipRect.x - data.DisplayPos.x) * scale.x)),
                            std::max(0, static_cast<int>((command.ClipRect.y - data.DisplayPos.y) * scale.y)),
                            std::min(target.width(),
                                     static_cast<int>((command.ClipRect.z - data.DisplayPos.x) * scale.x)),
                            std::min(target.height(),
                                     static_cast<int>((command.ClipRect.w - data.DisplayPos.y) * scale.y))};
            const auto at = [&](unsigned int index) {
                return vertex(commands.VtxBuffer[static_cast<int>(
                    command.VtxOffset + commands.IdxBuffer[static_cast<int>(index)])]);
            };
            for (unsigned int i = command.IdxOffset; i + 2 < command.IdxOffset + command.ElemCount; i += 3) {
                drawTriangle(at(i), at(i + 1), at(i + 2), texture, clip, target);
            }
        }
    }
}

}  // namespace dotmoe
