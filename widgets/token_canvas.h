// The user's text token by token (Dear ImGui), each in the colour and with the number of its best expert in
// one layer, or of its distance from the dense model.
#pragma once

#include <memory>
#include <vector>

#include "events/snapshot.h"
#include "widgets/imgui_canvas.h"
#include "widgets/saveable_view.h"

namespace dotmoe {

enum class TokenColouring {
    expert,
    divergence  ///< KL to the dense model, from 0 to the largest of the text
};

/// Hovering shows all k experts with their probabilities, a click or the arrow keys select a token.
/// RoutingTableModel is its twin for screen readers.
class TokenCanvas : public ImGuiCanvas, public SaveableView {
    Q_OBJECT
  public:
    explicit TokenCanvas(QWidget* parent = nullptr);

    int layer() const { return m_layer; }
    int selectedToken() const { return m_selected; }
    int hoveredToken() const { return m_hovered; }
    /// Middle of a token's box in widget coordinates, outside the widget where it is scrolled away; null
    /// without the token.
    QPoint tokenCentre(int token);
    /// Box of a token in widget coordinates.
    QRectF tokenRect(int token);

    QSize sizeHint() const override;
    /// The whole text, also what is scrolled away.
    QSize pictureSize() override;
    void drawPicture(QPaintDevice& device) override;
    Table table() const override;

  public slots:
    /// Null or an inconsistent snapshot empties the view. The selection stays while the tokens are the same.
    void setSnapshot(std::shared_ptr<const dotmoe::RoutingSnapshot> routing);
    void setLayer(int layer);
    /// KL of each token to the dense model; of another number of tokens: it is not known.
    void setDivergence(std::vector<double> kl);
    void setColouring(dotmoe::TokenColouring colouring);
    /// Selects and scrolls to a token; -1: none.
    void selectToken(int token);

  signals:
    void tokenClicked(int token);
    /// -1: none any more.
    void tokenHovered(int token);

  protected:
    void buildFrame() override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    struct Box {
        std::string text;    ///< printable, UTF-8
        std::string number;  ///< of the best expert, or KL
        QColor colour;
    };
    void describe();
    Box boxOf(int token, double largest) const;
    QString heading() const;
    bool knowsDivergence() const { return m_routing && m_kl.size() == m_routing->tokens.size(); }
    void layOut(double lineWidth);
    void drawToken(int token, QPointF origin);
    void showChoices(int token) const;

    std::shared_ptr<const RoutingSnapshot> m_routing;
    std::vector<double> m_kl;
    TokenColouring m_colouring = TokenColouring::expert;
    int m_layer = 0;
    int m_selected = -1, m_hovered = -1;
    bool m_scrollToSelected = false;
    std::vector<Box> m_boxes;
    std::vector<QRectF> m_flow;  ///< of the boxes, from the text's origin; empty when it must be laid out
    double m_flowWidth = 0;
    float m_textTop = 0;  ///< of the view that the text scrolls in
    QPointF m_origin;     ///< of the text in widget coordinates, scrolling included
};

}  // namespace dotmoe
