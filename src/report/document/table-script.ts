/**
 * Sorting and filtering of the long tables, in the page itself: without it the page reads the same. Functions of data come
 * first and touch no document, so that they can be tried without a browser.
 */
export const tableScript = `
'use strict';
function readFilter(text){
  return text.trim().split(/\\s+/).filter(Boolean).map(function(word){
    var parts=/^([^<>=!:]+)(>=|<=|!=|=|>|<|:)(.*)$/.exec(word);
    return parts?{column:parts[1],sign:parts[2],value:parts[3].toLowerCase()}:{column:null,sign:':',value:word.toLowerCase()};
  });
}
function compareValues(a,b){
  if(a===b)return 0;
  if(a==='')return 1;
  if(b==='')return -1;
  var x=Number(a),y=Number(b);
  if(!isNaN(x)&&!isNaN(y))return x-y;
  return a<b?-1:1;
}
function meets(term,value){
  if(value===undefined)return false;
  var own=String(value).toLowerCase();
  if(term.sign===':')return own.indexOf(term.value)>=0;
  if(term.value===''||own==='')return false;
  var order=compareValues(own,term.value);
  return term.sign==='='?order===0:term.sign==='!='?order!==0:term.sign==='>'?order>0:term.sign==='<'?order<0:term.sign==='>='?order>=0:order<=0;
}
function keeps(terms,row){
  return terms.every(function(term){
    if(term.column===null)return Object.keys(row).some(function(name){return meets(term,row[name]);});
    return meets(term,row[term.column.toLowerCase()]);
  });
}
function enhance(table,number){
  var body=table.tBodies[0],rows=Array.prototype.slice.call(body.rows);
  var headers=Array.prototype.slice.call(table.tHead.rows[0].cells);
  var valueOf=function(row,index){var cell=row.cells[index];var own=cell.getAttribute('data-value');return own===null?cell.textContent:own;};
  var records=rows.map(function(row){
    var record={};
    headers.forEach(function(header,index){
      record[header.getAttribute('data-name')]=valueOf(row,index);
      record[header.textContent.toLowerCase()]=valueOf(row,index);
    });
    return record;
  });
  var state={index:-1,sign:1};
  var controls=document.createElement('div');controls.className='controls';
  var label=document.createElement('label'),input=document.createElement('input'),count=document.createElement('output');
  input.id='filter-'+number;input.type='search';input.placeholder='p>=0.3 M=4 state:done';
  label.htmlFor=input.id;label.textContent='Filter';
  count.setAttribute('aria-live','polite');
  controls.append(label,input,count);
  table.parentNode.parentNode.insertBefore(controls,table.parentNode);
  function show(){
    var terms=readFilter(input.value),shown=0;
    rows.forEach(function(row,index){var kept=keeps(terms,records[index]);row.hidden=!kept;if(kept)shown+=1;});
    count.textContent=shown+' of '+rows.length+' rows';
  }
  headers.forEach(function(header,index){
    var button=document.createElement('button');button.type='button';button.textContent=header.textContent;
    header.textContent='';header.append(button);
    button.addEventListener('click',function(){
      state=state.index===index?{index:index,sign:-state.sign}:{index:index,sign:1};
      headers.forEach(function(other,place){
        if(place===index)other.setAttribute('aria-sort',state.sign>0?'ascending':'descending');
        else other.removeAttribute('aria-sort');
      });
      var order=rows.map(function(row,place){return place;});
      order.sort(function(a,b){
        var x=valueOf(rows[a],index),y=valueOf(rows[b],index);
        if(x===''||y==='')return compareValues(x,y)||a-b;
        return state.sign*compareValues(x,y)||a-b;
      });
      order.forEach(function(place){body.append(rows[place]);});
    });
  });
  input.addEventListener('input',show);
  show();
}
if(typeof document!=='undefined')Array.prototype.forEach.call(document.querySelectorAll('table.searchable'),enhance);
`.trim();
