#include "widgets/token_canvas.h"

#include <imgui.h>

#include <QEvent>
#include <QKeyEvent>
#include <algorithm>
#include <cmath>
#include <utility>

#include "widgets/colour_maps.h"
#include "widgets/routing_access.h"
#include "widgets/routing_table_model.h"
#include "widgets/token_flow.h"

namespace dotmoe {
namespace {

constexpr float padding = 4;
constexpr float gap = 3;

ImU32 packed(const QColor& colour) {
    return IM_COL32(colour.red(), colour.green(), colour.blue(), colour.alpha());
}

}  // namespace

TokenCanvas::TokenCanvas(QWidget* parent) : ImGuiCanvas(parent) {
    setAccessibleName(tr("Routing of the text, token by token"));
    requireCharacters(QStringLiteral("“”"));
    describe();
}

QSize TokenCanvas::sizeHint() const {
    return {640, 260};
}

void TokenCanvas::setSnapshot(std::shared_ptr<const RoutingSnapshot> routing) {
    if (routing && !isConsistent(*routing)) routing = nullptr;
    if (!routing || !m_routing || routing->tokens != m_routing->tokens) m_selected = m_hovered = -1;
    m_routing = std::move(routing);
    describe();
}

void TokenCanvas::setLayer(int layer) {
    m_layer = layer;
    describe();
}

void TokenCanvas::setDivergence(std::vector<double> kl) {
    m_kl = std::move(kl);
    describe();
}

void TokenCanvas::setColouring(TokenColouring colouring) {
    m_colouring = colouring;
    describe();
}

void TokenCanvas::selectToken(int token) {
    m_selected = token >= 0 && static_cast<std::size_t>(token) < m_boxes.size() ? token : -1;
    m_scrollToSelected = m_selected >= 0;
    refresh();
}

void TokenCanvas::describe() {
    m_boxes.clear();
    m_flow.clear();
    const double largest = m_kl.empty() ? 0 : *std::ranges::max_element(m_kl);
    for (std::size_t token = 0; m_routing && token < m_routing->tokens.size(); ++token) {
        requireCharacters(printable(m_routing->tokens[token]));
        m_boxes.push_back(boxOf(static_cast<int>(token), largest));
    }
    setAccessibleDescription(tr("%1, %2 tokens").arg(heading()).arg(m_boxes.size()));
    refresh();
}

TokenCanvas::Box TokenCanvas::boxOf(int token, double largest) const {
    const auto index = static_cast<std::size_t>(token);
    const std::string text = printable(m_routing->tokens[index]).toStdString();
    if (m_colouring == TokenColouring::expert) {
        const int best = bestChoice(*m_routing, m_layer, token).expert;
        return {text, best < 0 ? "-" : std::to_string(best), expertColour(best)};
    }
    if (!knowsDivergence()) return {text, "-", expertColour(-1)};
    return {text, QString::number(m_kl[index], 'f', 2).toStdString(),
            QColor(sequentialColour(m_kl[index] / std::max(largest, 1e-9)))};
}

QString TokenCanvas::heading() const {
    if (m_boxes.empty()) return tr("No routing yet: type a text");
    if (m_colouring == TokenColouring::expert)
        return tr("Layer %1 · each token with its best expert").arg(m_layer);
    if (!knowsDivergence()) return tr("KL to the dense model: needs a finished conversion");
    return tr("KL to dense of what follows each token, 0 to %1 nats")
        .arg(*std::ranges::max_element(m_kl), 0, 'f', 2);
}

void TokenCanvas::layOut(double lineWidth) {
    if (m_flow.size() == m_boxes.size() && m_flowWidth == lineWidth) return;
    std::vector<FlowItem> items;
    for (std::size_t token = 0; token < m_boxes.size(); ++token) {
        const float text = ImGui::CalcTextSize(m_boxes[token].text.c_str()).x;
        const float number = ImGui::CalcTextSize(m_boxes[token].number.c_str()).x;
        items.push_back({std::max(text, number) + 2 * padding, endsLine(m_routing->tokens[token])});
    }
    m_flow = flow(items, lineWidth, 2 * ImGui::GetTextLineHeight() + padding, gap);
    m_flowWidth = lineWidth;
}

void TokenCanvas::buildFrame() {
    const int before = std::exchange(m_hovered, -1);
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::Begin("##routing", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoNav);
    ImGui::TextUnformatted(heading().toUtf8().constData());
    ImGui::BeginChild("##text", {0, 0}, false,
                      ImGuiWindowFlags_AlwaysVerticalScrollbar | ImGuiWindowFlags_NoNav);
    layOut(ImGui::GetContentRegionAvail().x);
    const ImVec2 origin = ImGui::GetCursorScreenPos();
    m_origin = {origin.x, origin.y};
    m_textTop = origin.y + ImGui::GetScrollY();
    for (std::size_t token = 0; token < m_boxes.size(); ++token) drawToken(static_cast<int>(token), m_origin);
    if (!m_flow.empty()) {
        ImGui::SetCursorScreenPos(origin);
        ImGui::Dummy({1, static_cast<float>(m_flow.back().bottom())});
    }
    if (std::exchange(m_scrollToSelected, false)) {
        ImGui::SetScrollFromPosY(
            static_cast<float>(m_flow[static_cast<std::size_t>(m_selected)].center().y()) -
            ImGui::GetScrollY());
    }
    ImGui::EndChild();
    if (m_hovered >= 0) showChoices(m_hovered);
    ImGui::End();
    if (m_hovered != before) emit tokenHovered(m_hovered);
}

void TokenCanvas::drawToken(int token, QPointF origin) {
    const auto index = static_cast<std::size_t>(token);
    const Box& box = m_boxes[index];
    const QRectF rect = m_flow[index].translated(origin);
    const ImVec2 from{static_cast<float>(rect.left()), static_cast<float>(rect.top())};
    const ImVec2 to{static_cast<float>(rect.right()), static_cast<float>(rect.bottom())};
    if (!ImGui::IsRectVisible(from, to)) return;

    ImGui::SetCursorScreenPos(from);
    ImGui::PushID(token);
    const bool clicked = ImGui::InvisibleButton("##token", {to.x - from.x, to.y - from.y});
    if (ImGui::IsItemHovered()) m_hovered = token;
    ImGui::PopID();

    ImDrawList& draw = *ImGui::GetWindowDrawList();
    draw.AddRectFilled(from, to, packed(box.colour));
    const ImU32 ink = packed(readableOn(box.colour));
    draw.PushClipRect(from, to, true);
    draw.AddText({from.x + padding, from.y + 1}, ink, box.text.c_str());
    draw.AddText({from.x + padding, from.y + 1 + ImGui::GetTextLineHeight()}, ink, box.number.c_str());
    draw.PopClipRect();
    if (token == m_selected || token == m_hovered) {
        draw.AddRect(from, to, ImGui::GetColorU32(ImGuiCol_Text), 0, 0, token == m_selected ? 3.0F : 1.0F);
    }
    if (clicked) {
        m_selected = token;
        emit tokenClicked(token);
    }
}

void TokenCanvas::showChoices(int token) const {
    ImGui::BeginTooltip();
    const auto choices = choicesOf(*m_routing, m_layer, token);
    ImGui::TextUnformatted(tr("token %1 “%2”, layer %3")
                               .arg(token)
                               .arg(QString::fromStdString(m_boxes[static_cast<std::size_t>(token)].text))
                               .arg(m_layer)
                               .toUtf8()
                               .constData());
    if (knowsDivergence())
        ImGui::TextUnformatted(tr("KL to the dense model %1 nats")
                                   .arg(m_kl[static_cast<std::size_t>(token)], 0, 'f', 3)
                                   .toUtf8()
                                   .constData());
    if (choices.empty() || choices.front().expert < 0) {
        ImGui::TextUnformatted(tr("this layer is still dense").toUtf8().constData());
    } else if (ImGui::BeginTable("##choices", 3)) {
        for (const Choice& choice : choices) {
            ImGui::TableNextColumn();
            ImGui::Text("%3d  %.3f", choice.expert, choice.probability);
        }
        ImGui::EndTable();
    }
    ImGui::EndTooltip();
}

QRectF TokenCanvas::tokenRect(int token) {
    settle();
    if (token < 0 || static_cast<std::size_t>(token) >= m_flow.size()) return {};
    return m_flow[static_cast<std::size_t>(token)].translated(m_origin);
}

QPoint TokenCanvas::tokenCentre(int token) {
    return tokenRect(token).center().toPoint();
}

QSize TokenCanvas::pictureSize() {
    settle();
    const double text = m_flow.empty() ? 0 : m_flow.back().bottom();
    const double height = static_cast<double>(m_textTop) + text + 2.0 * padding;
    return QSize(width(), static_cast<int>(std::ceil(height))).expandedTo(minimumSize());
}

void TokenCanvas::drawPicture(QPaintDevice& device) {
    TokenCanvas whole;
    whole.setPalette(palette());
    whole.setFont(font());
    whole.setSnapshot(m_routing);
    whole.setLayer(m_layer);
    whole.setDivergence(m_kl);
    whole.setColouring(m_colouring);
    whole.m_selected = m_selected;
    whole.resize(pictureSize());
    whole.setPixelRatio(pictureScale);
    drawWidget(whole, device);
}

Table TokenCanvas::table() const {
    RoutingTableModel rows;
    rows.setSnapshot(m_routing);
    rows.setLayer(m_layer);
    rows.setDivergence(m_kl);
    return tableOf(rows);
}

void TokenCanvas::keyPressEvent(QKeyEvent* event) {
    const int step = (event->key() == Qt::Key_Right) - (event->key() == Qt::Key_Left);
    if (step == 0 || m_boxes.empty()) return ImGuiCanvas::keyPressEvent(event);
    selectToken(std::clamp(m_selected + step, 0, static_cast<int>(m_boxes.size()) - 1));
    emit tokenClicked(m_selected);
}

void TokenCanvas::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) m_flow.clear();
    ImGuiCanvas::changeEvent(event);
}

}  // namespace dotmoe
