// Routing tab: a text of the user's, coloured by the expert of each token, live during a conversion and after
// it.
#pragma once

#include <QTimer>
#include <QWidget>
#include <memory>

#include "events/snapshot.h"

class QLabel;
class QPlainTextEdit;
class QTableView;

namespace dotmoe {
class RoutingMap;
class RoutingTableModel;
class TokenCanvas;
}  // namespace dotmoe

namespace dotmoe::studio {

class RoutingPanel : public QWidget {
    Q_OBJECT

  public:
    explicit RoutingPanel(QWidget* parent = nullptr);

    QString text() const;
    /// Null: no run has routed the text yet.
    void setRouting(const std::shared_ptr<const RoutingSnapshot>& routing);
    void setLayer(int layer);

  signals:
    /// The user paused typing.
    void textEdited(const QString& text);
    /// A layer of the selected token's map was clicked.
    void layerChosen(int layer);

  private:
    void selectToken(int token);

    QTimer m_typed;
    QPlainTextEdit* m_text;
    QLabel* m_hint;
    TokenCanvas* m_canvas;
    RoutingMap* m_map;
    QTableView* m_table;
    RoutingTableModel* m_rows;
};

}  // namespace dotmoe::studio
